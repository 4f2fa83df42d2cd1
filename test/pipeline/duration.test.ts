import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { durationProblem, parseDuration } from '../../src/pipeline/duration.ts';

describe('a duration', () => {
  test.each([
    ['90s', 90_000],
    ['15m', 900_000],
    ['6h', 21_600_000],
    ['7d', 604_800_000],
    ['1h30m', 5_400_000],
    ['1d2h3m4s', 93_784_000],
  ])('%s is %d ms', (text, milliseconds) => {
    expect(parseDuration(text)).toBe(milliseconds);
  });

  test.each(['', '6', '6 h', '6H', '1.5h', '-6h', '30m1h', '1h1h', 'h', 'PT6H', '0s', '6hours', '99999999999d'])(
    'is not %j',
    (text) => {
      expect(durationProblem(text)).toContain('duration');
      expect(() => parseDuration(text)).toThrow(RangeError);
    },
  );

  test('is the sum of its parts', () => {
    const amount = fc.integer({ min: 1, max: 999 });
    fc.assert(
      fc.property(amount, amount, amount, amount, (days, hours, minutes, seconds) => {
        const sum = ((days * 24 + hours) * 60 + minutes) * 60 + seconds;
        expect(parseDuration(`${days}d${hours}h${minutes}m${seconds}s`)).toBe(sum * 1_000);
      }),
    );
  });

  test('is read or refused, whatever the text', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const isRead = durationProblem(text) === undefined;
        expect(isRead && !(parseDuration(text) > 0)).toBe(false);
      }),
    );
  });
});
