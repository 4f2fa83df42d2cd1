import { expect, test } from 'vitest';
import { scheduleLines } from '../../../src/cli/view/schedule-lines.ts';
import type { ScheduleStatus } from '../../../src/client/schedules/schedule-status.ts';

const nightly: ScheduleStatus = {
  pipeline: 'churn-nightly',
  state: 'active',
  cron: '30 2 * * *',
  timezone: 'Europe/Berlin',
  nextTimes: ['2026-11-30T01:30:00.000Z', '2026-12-01T01:30:00.000Z'],
  lastActions: [
    { scheduledAt: '2026-11-28T01:30:00.000Z', run: 'churn-nightly/2026-11-28', status: 'succeeded' },
    { scheduledAt: '2026-11-29T01:30:00.000Z', status: 'failed', error: 'there is no pipeline "churn-nightly"' },
  ],
  missed: 0,
  skipped: 1,
  drift: [],
};
const plain = (_: string, text: string) => text;

test('schedules stand in a table, with why the last one could not be started', () => {
  expect(scheduleLines([nightly], plain, 200)).toEqual([
    expect.stringMatching(/^PIPELINE +STATE +CRON +NEXT +IN UTC +LAST +MISSED +SKIPPED +FILE$/),
    expect.stringMatching(
      /^churn-nightly +active +30 2 \* \* \* +2026-11-30 02:30 +2026-11-30 01:30 +2026-11-29 02:30 failed +0 +1 +same$/,
    ),
    expect.stringMatching(/^ +Europe\/Berlin +2026-12-01 02:30 +2026-12-01 01:30 +2026-11-28 succeeded$/),
    '',
    'churn-nightly could not be started: there is no pipeline "churn-nightly"',
  ]);
});

test('where the table is wider than the terminal each schedule has a few lines of its own', () => {
  const lines = scheduleLines([nightly], plain, 80);
  expect(lines.slice(0, 8)).toEqual([
    'churn-nightly  active',
    '  cron    30 2 * * *, Europe/Berlin',
    '  next    2026-11-30 02:30 (2026-11-30 01:30 in UTC)',
    '          2026-12-01 02:30 (2026-12-01 01:30 in UTC)',
    '  last    2026-11-29 02:30 failed',
    '          2026-11-28 succeeded',
    '  counts  0 missed, 1 skipped',
    '  file    same',
  ]);
  expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(80);
});
