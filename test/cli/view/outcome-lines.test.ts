import { describe, expect, it } from 'vitest';
import { outcomeLines } from '../../../src/cli/view/outcome-lines.ts';
import { job, report, step } from './reports.ts';

describe('how a run ended', () => {
  it('says last which jobs may still run', () => {
    const left = { state: 'ended', outcome: 'left-running', attempt: 1 } as const;
    const steps = {
      score: step({ ...left, job: job({ id: 'job-1' }) }),
      check: step({ ...left, job: job({ id: 'job-2' }) }),
      publish: step({ state: 'ended', outcome: 'stopped', attempt: 1, job: job({ id: 'job-3' }) }),
    };
    expect(outcomeLines(report(steps, { outcome: 'cancelled' }))).toEqual([
      'Run tumor-screening/2026-11-20 cancelled.',
      '2 jobs may still run at AWS: job-1, job-2',
    ]);
  });

  it('says what Temporal says of a run that was ended from outside', () => {
    expect(outcomeLines(report({}, { outcome: 'failed' }), 'terminated')).toEqual([
      'Run tumor-screening/2026-11-20 terminated.',
    ]);
  });

  it('says nothing of jobs when none is left', () => {
    const done = step({ state: 'ended', outcome: 'succeeded', attempt: 1, job: job() });
    expect(outcomeLines(report({ score: done }, { outcome: 'succeeded' }))).toHaveLength(1);
  });
});
