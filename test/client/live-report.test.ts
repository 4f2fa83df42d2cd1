import { expect, test } from 'vitest';
import { withProgress, type LiveSigns } from '../../src/client/live-report.ts';
import type { JobHeartbeat } from '../../src/pipeline/heartbeat.ts';
import type { RunReport, StepReport } from '../../src/pipeline/report.ts';

const job = {
  id: 'a-job',
  service: 'fraud-detector/batch-prediction',
  region: 'eu-west-1',
  adopted: true,
  submittedAt: '2026-11-20T02:00:00.000Z',
};

function report(step: Partial<StepReport>): RunReport {
  return {
    version: 1,
    run: { id: 'p/k', pipeline: 'p', key: 'k', trigger: 'test', startedAt: '2026-11-20T02:00:00.000Z' },
    steps: { score: { uses: job.service, state: 'running', attempt: 1, job, ...step } },
  };
}

function heartbeat(more: Partial<JobHeartbeat['observation']> = {}): JobHeartbeat {
  const ref = { service: job.service, region: job.region, id: job.id, arn: 'arn:aws:frauddetector:::a-job' };
  const observation = {
    ref,
    rawStatus: 'IN_PROGRESS',
    state: 'running',
    observedAt: '2026-11-20T02:01:00.000Z',
  } as const;
  return { step: 'score', attempt: 1, observation: { ...observation, ...more } };
}

function signs(...heartbeats: JobHeartbeat[]): LiveSigns {
  return { heartbeats, isAnyJobUntold: false, isCancelRequested: false };
}

test('a running step shows what its worker saw last', () => {
  const live = withProgress(report({}), signs(heartbeat({ records: { total: 10, processed: 4 } })));
  expect(live.steps['score']).toMatchObject({
    state: 'running',
    job: {
      ...job,
      arn: 'arn:aws:frauddetector:::a-job',
      rawStatus: 'IN_PROGRESS',
      records: { total: 10, processed: 4 },
    },
  });
});

test('a job that its service queues is queued', () => {
  const live = withProgress(report({}), signs(heartbeat({ state: 'queued' })));
  expect(live.steps['score']?.state).toBe('queued');
});

test.each([
  ['a step that has ended', report({ state: 'ended', outcome: 'succeeded' }), heartbeat()],
  ['another job attempt', report({ attempt: 2 }), heartbeat()],
  [
    'a step without a job',
    { ...report({}), steps: { score: { uses: 's3/copy', state: 'running' as const, attempt: 1 } } },
    heartbeat(),
  ],
])('a heartbeat changes nothing for %s', (_what, known, beat) => {
  expect(withProgress(known, signs(beat))).toEqual(known);
});

test.each([
  ['has told nothing yet', { heartbeats: [], isAnyJobUntold: true, isCancelRequested: false }],
  ['has not looked yet', signs({ step: 'score', attempt: 1, sight: {} })],
  ['could not look yet', signs({ step: 'score', attempt: 1, sight: { unseenBecause: 'denied' } })],
])('a job whose wait %s is starting', (_what, live) => {
  expect(withProgress(report({}), live).steps['score']?.state).toBe('starting');
});

test('a job that nobody awaits any more, because its results are being read, is running', () => {
  expect(withProgress(report({}), signs()).steps['score']?.state).toBe('running');
});

test('a follow-up is running while a job of the same run is starting', () => {
  const known = { ...report({}), steps: { copy: { uses: 's3/copy', state: 'running' as const, attempt: 1 } } };
  expect(withProgress(known, { heartbeats: [], isAnyJobUntold: true, isCancelRequested: false })).toEqual(known);
});

test('what the look before paying found is told while the step waits for a place and while it starts', () => {
  const starting = report({ state: 'starting' });
  const start: JobHeartbeat = { step: 'score', attempt: 1, warnings: ['Could not check the bucket'] };
  const place = { since: '2026-11-20T02:00:00.000Z', ahead: 0 };
  for (const beat of [start, { ...start, place }]) {
    expect(withProgress(starting, signs(beat)).steps['score']?.warnings).toEqual(['Could not check the bucket']);
  }
});

test('a run that was asked to cancel says so, whether or not a worker has told it', () => {
  const live = withProgress(report({}), { ...signs(), isCancelRequested: true });
  expect(live.run.cancelRequested).toBe(true);
  expect(withProgress(report({}), signs()).run).not.toHaveProperty('cancelRequested');
});
