import { describe, expect, it } from 'vitest';
import { paintNothing } from '../../../src/cli/view/paint.ts';
import { runDetails } from '../../../src/cli/view/run-details.ts';
import type { StepReport } from '../../../src/pipeline/report.ts';
import { job, NOW, report, step } from './reports.ts';

const RESULTS = 's3://acme/out/';

/** The details of a run with one step, as text. */
function details(score: Partial<StepReport>): string {
  return runDetails(report({ score: step({ attempt: 1, ...score }) }), {
    now: NOW,
    columns: 80,
    paint: paintNothing,
  }).join('\n');
}

describe('runDetails', () => {
  it('shows every job that was paid for, those of earlier attempts first', () => {
    const earlierJobs = [
      job({ id: 'first-job', message: 'CapacityError', outputUri: RESULTS, noticedAt: NOW.toISOString() }),
    ];
    const last = job({ id: 'second-job', outputUri: RESULTS });
    const text = details({ state: 'ended', outcome: 'succeeded', attempt: 2, earlierJobs, job: last });
    expect(text).toMatch(
      /^score #1\n(?: .*\n)* +job +first-job\n(?: .*\n)* +message +CapacityError\n(?: .*\n)*\nscore #2\n(?: .*\n)* +job +second-job$/m,
    );
    expect(text.split(RESULTS)).toHaveLength(2);
  });

  it('tells of a run that goes on whether it was asked to cancel', () => {
    const asked = report({});
    const lines = (known: typeof asked) => runDetails(known, { now: NOW, columns: 80, paint: paintNothing }).join('\n');
    expect(lines(asked)).toContain('none yet: the run goes on');
    expect(lines({ ...asked, run: { ...asked.run, cancelRequested: true } })).toContain('the run was asked to cancel');
  });

  it('tells errors and warnings whole, however narrow the terminal', () => {
    const long = `Access denied ${'x'.repeat(300)}`;
    const text = details({ state: 'ended', outcome: 'failed', error: long, warnings: [`${long}!`] });
    expect(text).toContain(`  score: ${long}\n`);
    expect(text).toContain(`  score: ${long}!\n`);
    expect(text).not.toContain('…');
  });

  it('tells what is wrong with results, with file and lines, and how much more there is', () => {
    const problems = Array.from({ length: 11 }, (_, file) => ({
      file: `s3://acme/${file}.csv`,
      what: 'the score is missing',
      lines: [3, 4],
      count: 9,
    }));
    const verification = { files: 1, records: { total: 1, invalid: 0 }, problems };
    const text = details({ state: 'ended', outcome: 'failed', job: job({ verification }) });
    expect(text).toContain('no, 11 problems: 1 record in 1 file, 0 invalid');
    expect(text).toContain('s3://acme/0.csv: the score is missing (lines 3, 4 and 7 more)');
    expect(text).toContain('s3://acme/9.csv');
    expect(text).not.toContain('s3://acme/10.csv');
    expect(text).toContain('and 1 more problem: see them with --json');
  });

  it('tells how Temporal ended a run, which its outcome does not', () => {
    const ended = report({}, { outcome: 'failed' });
    const options = { now: NOW, columns: 80, paint: paintNothing };
    expect(runDetails(ended, { ...options, status: 'terminated' }).join('\n')).toMatch(/^ {2}outcome +terminated$/m);
    expect(runDetails(ended, options).join('\n')).toMatch(/^ {2}outcome +failed$/m);
  });

  it.each<{ of: string; score: Partial<StepReport>; shown: boolean }>([
    { of: 'that succeeded', score: { outcome: 'succeeded' }, shown: true },
    { of: 'whose gate failed the step', score: { outcome: 'failed' }, shown: true },
    { of: 'that its service failed', score: { outcome: 'failed', cause: 'capacity' }, shown: false },
    { of: 'that was stopped', score: { outcome: 'stopped' }, shown: false },
    { of: 'that is lost', score: { outcome: 'lost' }, shown: false },
    { of: 'that goes on', score: { state: 'running' }, shown: false },
  ])('shows where results lie only when there are some: $shown for a job $of', ({ score, shown }) => {
    const text = details({ state: 'ended', ...score, job: job({ outputUri: RESULTS }) });
    expect(text.includes(RESULTS)).toBe(shown);
  });
});
