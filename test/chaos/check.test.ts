import { describe, expect, it } from 'vitest';
import type { RunReport, StepReport } from '../../src/pipeline/report.ts';
import { secretsIn, allText, CANARY } from './canary.ts';
import { findViolations } from './check.ts';
import { jobIdOf, type PlannedRun } from './plan.ts';
import type { Truth } from './truth.ts';

const USES = 'machine-learning/batch-prediction';
const RUN = 'chaos-001/2026-11-20';
const JOB = jobIdOf(USES, RUN, 'score', 1);
const NEXT_JOB = jobIdOf(USES, RUN, 'score', 2);
const ENDED_AT = '2026-11-20T02:00:00.000Z';

const run: PlannedRun = {
  id: RUN,
  key: '2026-11-20',
  pipeline: { name: 'chaos-001', steps: { score: { uses: USES, with: {} } } },
  faults: [],
  isReplayed: false,
  mustSucceed: false,
};

function violations({
  step,
  jobs = [{ state: 'succeeded' }],
  creates = 1,
}: {
  step: Partial<StepReport>;
  jobs?: { state: string; endedAt?: string; id?: string }[];
  creates?: number;
}): string[] {
  const times = { submittedAt: ENDED_AT, adopted: false };
  const job = { id: JOB, service: USES, region: 'eu-west-1', ...times };
  const report: RunReport = {
    version: 1,
    run: {
      id: RUN,
      pipeline: 'chaos-001',
      key: '2026-11-20',
      trigger: 'chaos',
      startedAt: ENDED_AT,
      endedAt: ENDED_AT,
    },
    outcome: 'succeeded',
    steps: { score: { uses: USES, state: 'ended', attempt: 1, job, ...step } },
  };
  const truth: Truth = {
    jobs: jobs.map((one) => ({ service: USES, id: JOB, createdAt: ENDED_AT, endedAt: ENDED_AT, ...one })),
    calls: Array.from({ length: creates }, () => ({ service: USES, operation: 'Create', job: JOB, effect: 'created' })),
  };
  return findViolations([run], new Map([[RUN, report]]), truth);
}

describe('what is held against the truth', () => {
  it('is silent about a report that is true', () => {
    expect(violations({ step: { outcome: 'succeeded' } })).toEqual([]);
  });

  it.each([
    ['an outcome that differs', { step: { outcome: 'failed' as const } }, 'told as failed'],
    ['a job that is told as none', { step: { outcome: 'rejected' as const } }, 'told as rejected'],
    ['a job that is told as lost', { step: { outcome: 'lost' as const } }, 'told as lost'],
    ['a job that was paid twice', { step: { outcome: 'succeeded' as const }, creates: 2 }, 'created 2 times'],
    ['a job that was never created', { step: { outcome: 'succeeded' as const }, creates: 0 }, 'never created'],
    [
      'a job that outlived its run',
      { step: { outcome: 'succeeded' as const }, jobs: [{ state: 'succeeded', endedAt: '2026-11-20T02:00:09.000Z' }] },
      'still ran',
    ],
    [
      'a job that was paid for although the one before it had succeeded',
      { step: { outcome: 'succeeded' as const }, jobs: [{ state: 'succeeded' }, { state: 'succeeded', id: NEXT_JOB }] },
      'had succeeded',
    ],
    [
      'a job that was paid for beside one that ran',
      {
        step: { outcome: 'succeeded' as const },
        jobs: [
          { state: 'failed', endedAt: '2026-11-20T02:00:09.000Z' },
          { state: 'succeeded', id: NEXT_JOB },
        ],
      },
      'had not ended',
    ],
  ])('finds %s', (_what, given, words) => {
    expect(violations(given).join('\n')).toContain(words);
  });

  it('finds runs without a report, and jobs in no report', () => {
    const job = { service: USES, id: JOB, state: 'running', createdAt: ENDED_AT };
    const found = findViolations([run], new Map(), { jobs: [job], calls: [] }).join('\n');
    expect(found).toContain('has no report');
    expect(found).toContain('is in no report');
  });

  it('finds secrets in binary payloads too', () => {
    const history = { events: [{ data: Buffer.from(`"${CANARY.AWS_SECRET_ACCESS_KEY}"`) }] };
    expect(secretsIn(allText(history))).toEqual([CANARY.AWS_SECRET_ACCESS_KEY]);
  });
});
