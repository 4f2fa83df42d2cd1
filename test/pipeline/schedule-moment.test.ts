import { describe, expect, test } from 'vitest';
import { firstMoment, lastMoment, momentProblem } from '../../src/pipeline/schedule-moment.ts';

describe('a moment of a schedule', () => {
  test.each([
    ['2026-12-01', '2026-11-30T23:00:00.000Z', '2026-12-01T22:59:59.000Z'],
    ['2026-12-01T02:00', '2026-12-01T01:00:00.000Z', '2026-12-01T01:00:00.000Z'],
    ['2026-07-01T02:00:00', '2026-07-01T00:00:00.000Z', '2026-07-01T00:00:00.000Z'],
    ['2026-12-01T02:00Z', '2026-12-01T02:00:00.000Z', '2026-12-01T02:00:00.000Z'],
    ['2026-12-01T02:00:00+05:30', '2026-11-30T20:30:00.000Z', '2026-11-30T20:30:00.000Z'],
  ])('%s is on the clock of the zone unless it says otherwise', (text, first, last) => {
    expect(momentProblem(text)).toBeUndefined();
    expect(firstMoment(text, 'Europe/Berlin')?.toISOString()).toBe(first);
    expect(lastMoment(text, 'Europe/Berlin')?.toISOString()).toBe(last);
  });

  test.each(['', 'tomorrow', '2026-13-01', '2026-02-30', '2026-12', '20261201', '2026-W49', '2026-12-01T25:00'])(
    'cannot be %j',
    (text) => {
      expect(momentProblem(text)).toContain('is not a moment');
      expect(firstMoment(text, 'UTC')).toBeUndefined();
    },
  );
});
