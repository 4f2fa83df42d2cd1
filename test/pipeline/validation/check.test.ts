import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkDefinition, formatProblem } from '../../../src/pipeline/validation/parse.ts';
import { EXAMPLE_USES } from '../example-uses.ts';

function problemsOf(definition: unknown): string[] {
  return checkDefinition(definition, EXAMPLE_USES).map(formatProblem);
}

const copy = { uses: 's3/copy', with: { from: 's3://a/b/', to: 's3://a/c/' } };

describe('a definition from code or over the wire', () => {
  test('is checked like a file, without positions', () => {
    expect(problemsOf({ name: 'p', steps: { a: copy } })).toEqual([]);
    expect(problemsOf({ name: 'p', steps: { a: { ...copy, needs: ['b'], iff: 'true' } } })).toEqual([
      'steps.a.iff: unknown key (did you mean if?)',
      'steps.a.needs[0]: there is no step "b"',
    ]);
  });

  test.each([
    ['nothing', undefined, 'is missing'],
    ['null', null, 'must be a mapping, not null'],
    ['a text', 'p', 'must be a mapping, not "p"'],
    ['a Date', new Date(0), 'must be plain data, not a Date'],
    ['a Map', new Map(), 'must be plain data, not a Map'],
    ['a BigInt in a mapping', { name: 1n }, 'name: must be plain data, not a bigint'],
    ['undefined in a mapping', { name: 'p', period: undefined }, 'period: must not be undefined'],
    ['a mapping with a prototype', JSON.parse('{"name":"p","__proto__":{}}'), 'must not have the key __proto__'],
  ])('that is %s is refused', (_, definition, problem) => {
    expect(problemsOf(definition)).toEqual([problem]);
  });

  test('that contains itself, or is nested without end, is refused', () => {
    const itself: { name: string; steps: unknown } = { name: 'p', steps: {} };
    itself.steps = itself;
    expect(problemsOf(itself)).toEqual([expect.stringContaining('is nested more than 50 levels deep')]);
    const deep: unknown = JSON.parse('['.repeat(5_000) + ']'.repeat(5_000));
    expect(problemsOf(deep)).toEqual([expect.stringContaining('is nested more than 50 levels deep')]);
  });

  test('that holds too much is refused', () => {
    expect(problemsOf({ name: 'p', steps: { a: { ...copy, needs: Array(200_000).fill('b') } } })).toEqual([
      'holds more than 100000 values',
    ]);
  });

  test('with a value that cannot even become a text is refused', () => {
    const odd = { toString: 0 };
    for (const definition of [{ name: odd }, { name: 'p', period: odd, params: { a: { type: odd } } }]) {
      expect(problemsOf({ ...definition, steps: { a: copy } })).not.toEqual([]);
    }
  });

  test('never makes it throw, whatever it is', () => {
    fc.assert(
      fc.property(
        fc.record(
          {
            name: fc.anything(),
            period: fc.anything(),
            schedule: fc.anything(),
            params: fc.oneof(fc.anything(), fc.dictionary(fc.string(), fc.anything())),
            steps: fc.oneof(
              fc.anything(),
              fc.dictionary(
                fc.string(),
                fc.record(
                  {
                    uses: fc.constantFrom(...Object.keys(EXAMPLE_USES), 'constructor'),
                    needs: fc.array(fc.oneof(fc.string(), fc.anything())),
                    if: fc.oneof(fc.string(), fc.anything()),
                    with: fc.oneof(fc.anything(), fc.dictionary(fc.string(), fc.string())),
                    gate: fc.anything(),
                  },
                  { requiredKeys: [] },
                ),
              ),
            ),
          },
          { requiredKeys: [] },
        ),
        (definition) => {
          expect(problemsOf(definition)).not.toEqual([]);
        },
      ),
      { numRuns: 500 },
    );
  });
});
