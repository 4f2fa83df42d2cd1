import type { JobReport, RunReport, StepReport } from '../../../src/pipeline/report.ts';

/** Reports to render, as a run at 2026-11-20 gives them. */

export const NOW = new Date('2026-11-20T02:00:10.000Z');

export function job(change: Partial<JobReport> = {}): JobReport {
  return {
    id: 'tumor-screening-2026-11-20-score-1-0123456789abcdef',
    service: 'machine-learning/batch-prediction',
    region: 'eu-west-1',
    adopted: false,
    submittedAt: '2026-11-20T02:00:00.000Z',
    ...change,
  };
}

export function step(change: Partial<StepReport> = {}): StepReport {
  return { uses: 'machine-learning/batch-prediction', state: 'waiting', attempt: 0, ...change };
}

export function report(steps: Record<string, StepReport>, change: Partial<RunReport> = {}): RunReport {
  return {
    version: 1,
    run: {
      id: 'tumor-screening/2026-11-20',
      pipeline: 'tumor-screening',
      key: '2026-11-20',
      period: '2026-11-20',
      trigger: 'cli (anna)',
      startedAt: '2026-11-20T02:00:00.000Z',
    },
    steps,
    ...change,
  };
}
