import { describe, expect, it } from 'vitest';
import { paintNothing, type Paint } from '../../../src/cli/view/paint.ts';
import { runLines } from '../../../src/cli/view/run-lines.ts';
import type { RunReport } from '../../../src/pipeline/report.ts';
import { job, NOW, report, step } from './reports.ts';

const END = new Date('2026-11-20T02:00:34.000Z');

function rendered(runs: RunReport[], columns = 80, paint: Paint = paintNothing): string[] {
  return runLines(
    runs.map((one) => ({ report: one, expectedEnds: one === RUNNING ? new Map([['score', END]]) : new Map() })),
    { now: NOW, columns, paint },
  );
}

const RUNNING = report({
  score: step({
    state: 'running',
    attempt: 1,
    job: job({ startedAt: '2026-11-20T02:00:02.000Z', records: { total: 4000, processed: 1000 } }),
  }),
  publish: step({ uses: 's3/copy' }),
});

describe('runLines', () => {
  it('shows state, records done, elapsed time and expected end of each step', () => {
    expect(rendered([RUNNING])).toEqual([
      'STEP           STATE            RECORDS                    ELAPSED  EXPECTED END',
      'tumor-screening/2026-11-20',
      `  score        running          1,000 of 4,000                0:10      ${END.toTimeString().slice(0, 8)}`,
      '  publish      waiting',
    ]);
  });

  it('shows the outcome of steps that have ended, and how long their jobs took', () => {
    const ended = job({ endedAt: '2026-11-20T02:00:07.000Z', records: { total: 285, processed: 285, invalid: 2 } });
    const lines = rendered([report({ score: step({ state: 'ended', outcome: 'succeeded', attempt: 2, job: ended }) })]);
    expect(lines.at(-1)).toBe('  score        succeeded #2     285, 2 invalid                0:07');
  });

  it('does not let the time of a job that was left running go on after the run', () => {
    const left = report({ score: step({ state: 'ended', outcome: 'left-running', attempt: 1, job: job() }) });
    const { run } = left;
    expect(rendered([{ ...left, run: { ...run, endedAt: '2026-11-20T02:00:04.000Z' } }]).at(-1)).toMatch(/ 0:04$/);
  });

  it('shows nothing of the job before while a new attempt starts', () => {
    const before = job({ records: { processed: 284 }, noticedAt: '2026-11-20T02:00:07.000Z' });
    expect(rendered([report({ score: step({ state: 'starting', attempt: 2, job: before }) })]).at(-1)).toBe(
      '  score        starting #2',
    );
  });

  it('gives a notice as many lines as it takes to say what to do, and no more than three', () => {
    const error =
      'No worker could say more about this run (none of them answered). Is one running on its task queue, nightscore?';
    expect(rendered([report({}, { error })]).slice(2)).toEqual([
      '  No worker could say more about this run (none of them answered). Is one',
      '  running on its task queue, nightscore?',
    ]);
    const long = rendered([report({}, { error: 'word '.repeat(100) })]).slice(2);
    expect(long).toHaveLength(3);
    expect(long.at(-1)).toMatch(/…$/);
    expect(long.every((line) => line.length <= 80)).toBe(true);
  });

  it('shows why steps failed on one line, without control characters', () => {
    const failed = step({
      state: 'ended',
      outcome: 'failed',
      attempt: 1,
      error: 'Access denied\n\u001b[2Jto s3://acme\u0007',
    });
    expect(rendered([report({ score: failed })]).at(-1)).toBe('  score: Access denied to s3://acme');
  });

  it.each([40, 80, 120])('fits %i columns, or the narrowest table, whatever the names and numbers', (columns) => {
    const long = report(
      {
        [`a${'b'.repeat(62)}`]: step({
          state: 'ended',
          outcome: 'left-running',
          attempt: 3,
          error: 'x'.repeat(300),
          job: job({ records: { total: 987_654_321_987, processed: 123_456_789_123, invalid: 99_999_999 } }),
        }),
      },
      { run: { ...RUNNING.run, id: `${'p'.repeat(63)}/${'k'.repeat(128)}` } },
    );
    const widths = rendered([long, RUNNING], columns).map((line) => line.length);
    expect(Math.max(...widths)).toBeLessThanOrEqual(Math.max(columns, 79));
  });

  it('aligns the steps of all runs alike', () => {
    const [heading = '', ...lines] = rendered([RUNNING, RUNNING], 120);
    const columns = lines.filter((line) => line.startsWith('  ')).map((line) => line.search(/running|waiting/));
    expect(new Set(columns)).toEqual(new Set([heading.indexOf('STATE')]));
  });

  it('keeps its columns when it is painted', () => {
    const paint: Paint = (effect, text) => `\u001b[${effect.length}m${text}\u001b[0m`;
    // oxlint-disable-next-line no-control-regex
    const bare = rendered([RUNNING], 80, paint).map((line) => line.replaceAll(/\u001b\[\d+m/g, '').trimEnd());
    expect(bare).toEqual(rendered([RUNNING]));
  });
});
