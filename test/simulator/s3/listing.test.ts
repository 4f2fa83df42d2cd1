import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { listPage } from '../../../src/simulator/s3/listing.ts';

const key = fc
  .array(fc.constantFrom('a', 'b', '/', '-', 'ü'), { minLength: 1, maxLength: 6 })
  .map((parts) => parts.join(''));
const sortedKeys = fc
  .uniqueArray(key, { maxLength: 30 })
  .map((keys) => keys.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))));

describe('the pages of a listing', () => {
  test('hold together what one page would, each entry once, in order', () => {
    const anyDelimiter = fc.constantFrom('', '/', 'a', '-b');
    fc.assert(
      fc.property(sortedKeys, anyDelimiter, fc.integer({ min: 1, max: 5 }), (keys, delimiter, maxKeys) => {
        const whole = listPage(keys, { prefix: '', delimiter, after: '', maxKeys: 1000 });
        const joined: { keys: string[]; commonPrefixes: string[] } = { keys: [], commonPrefixes: [] };
        let after: string | undefined = '';
        while (after !== undefined) {
          const page = listPage(keys, { prefix: '', delimiter, after, maxKeys });
          joined.keys.push(...page.keys);
          joined.commonPrefixes.push(...page.commonPrefixes);
          after = page.next;
        }
        expect(joined).toEqual(whole);
      }),
      { numRuns: 1000 },
    );
  });

  test('hold every key either itself or by its common prefix', () => {
    fc.assert(
      fc.property(sortedKeys, (keys) => {
        const page = listPage(keys, { prefix: '', delimiter: '/', after: '', maxKeys: 1000 });
        expect(page.keys).toEqual(keys.filter((one) => !one.includes('/')));
        expect(page.commonPrefixes).toEqual([
          ...new Set(keys.filter((one) => one.includes('/')).map((one) => one.slice(0, one.indexOf('/') + 1))),
        ]);
      }),
    );
  });

  test('say that there is no more when exactly the asked number is left, and for a page of none', () => {
    const query = { prefix: '', delimiter: '', after: '' };
    expect(listPage(['a', 'b'], { ...query, maxKeys: 2 })).toEqual({ keys: ['a', 'b'], commonPrefixes: [] });
    expect(listPage(['a', 'b'], { ...query, maxKeys: 1 })).toEqual({ keys: ['a'], commonPrefixes: [], next: 'a' });
    expect(listPage(['a', 'b'], { ...query, maxKeys: 0 })).toEqual({ keys: [], commonPrefixes: [] });
  });
});
