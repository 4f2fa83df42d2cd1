import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Sight } from '../../src/pipeline/heartbeat.ts';
import type { JobRef } from '../../src/pipeline/job.ts';
import { machineLearningBatchPrediction as service } from '../../src/services/machine-learning/batch-prediction.ts';
import { Watcher, type WatchEnd, type WatchOptions } from '../../src/watch/watcher.ts';
import { EXAMPLE_REQUESTS } from '../support/example-jobs.ts';
import { REGION, simulateAws, type SimulatedAws } from '../support/simulated-aws.ts';

const request = service.request.parse(EXAMPLE_REQUESTS[service.name]?.('2026-11-20'));

const SETTINGS = { pollIntervalMs: 50, graceMs: 200, blindMs: 2_000, unknownStatusMs: 2_000 };

let aws: SimulatedAws;
let watcher: Watcher;

beforeAll(async () => {
  aws = await simulateAws({ speed: 400 });
});

beforeEach(async () => {
  await aws.clearFaults();
  watcher = new Watcher(service.connect(REGION), SETTINGS, pino({ enabled: false }));
});

afterAll(() => aws.close());

async function createJob(): Promise<JobRef> {
  const id = service.jobId({ namespace: 'test', runKey: `watch/${randomUUID()}`, step: 'score', attempt: 1 });
  return service.connect(REGION).create(service.locate(id, request, REGION), request);
}

interface Watched {
  seen: Sight[];
  end: Promise<WatchEnd>;
  abort: AbortController;
}

function watch(ref: JobRef, more: Partial<WatchOptions> = {}): Watched {
  const seen: Sight[] = [];
  const abort = new AbortController();
  const end = watcher.watch(ref, {
    submittedAt: new Date().toISOString(),
    sight: {},
    signal: abort.signal,
    onSight: (sight) => seen.push(sight),
    ...more,
  });
  return { seen, abort, end };
}

/** The last sight of a job that ended. */
async function lastOf({ seen, end }: Watched): Promise<Sight | undefined> {
  return (await end) === 'ended' ? seen.at(-1) : undefined;
}

async function calls(operation: string): Promise<number> {
  return (await aws.ledger()).filter((call) => call.operation === operation).length;
}

test('a watch ends with the last word of the service, and tells of every look before', async () => {
  const { seen, end } = watch(await createJob());
  expect(await end).toBe('ended');
  expect(seen.length).toBeGreaterThan(1);
  expect(seen.at(-1)?.observation).toMatchObject({ state: 'succeeded', rawStatus: 'COMPLETED' });
});

test('a job that has ended before is noticed at the first look', async () => {
  const ref = await createJob();
  await watch(ref).end;
  const { seen, end } = watch(ref);
  await end;
  expect(seen).toHaveLength(1);
});

test('many jobs are watched by list, and each is read once when it has ended', async () => {
  const before = { list: await calls('DescribeBatchPredictions'), get: await calls('GetBatchPrediction') };
  const refs = await Promise.all(Array.from({ length: 20 }, createJob));
  const ends = await Promise.all(refs.map((ref) => watch(ref).end));
  expect(new Set(ends)).toEqual(new Set(['ended']));
  expect((await calls('DescribeBatchPredictions')) - before.list).toBeGreaterThan(0);
  const gets = (await calls('GetBatchPrediction')) - before.get;
  // A job that ends between the two lists of one look may be read once more before it is seen as ended.
  expect(gets).toBeGreaterThanOrEqual(20);
  expect(gets).toBeLessThanOrEqual(40);
});

test.each(['throttle', 'error-500-before', 'reset-before', 'html-503', 'access-denied'])(
  'a read that fails (%s) says nothing about the job',
  async (fault) => {
    const ref = await createJob();
    await aws.faults([{ job: ref.id, fault, times: 2 }]);
    expect(await lastOf(watch(ref))).toMatchObject({ observation: { state: 'succeeded' } });
  },
);

test('a job that its service denies for a moment is not lost', async () => {
  const ref = await createJob();
  await aws.faults([{ job: ref.id, fault: 'not-found', times: 2 }]);
  expect(await lastOf(watch(ref))).toMatchObject({ observation: { state: 'succeeded' } });
});

test('a job that its service denies again and again after the grace is lost', async () => {
  const ref = await createJob();
  await aws.faults([{ job: ref.id, fault: 'not-found' }]);
  expect(await watch(ref).end).toBe('lost');
});

test('a job that cannot be seen for too long is given up, with the reason', async () => {
  const ref = await createJob();
  await aws.faults([{ job: ref.id, fault: 'access-denied' }]);
  const { seen, end } = watch(ref);
  expect(await end).toBe('blind');
  expect(seen.at(-1)?.unseenBecause).toContain('AccessDeniedException');
});

test('a status that nobody knows is waited out for so long and no longer', async () => {
  const ref = await createJob();
  await aws.faults([{ job: ref.id, fault: 'unknown-status' }]);
  expect(await watch(ref).end).toBe('unknown-status');
});

test('an end that was seen is final, whatever a later read says', async () => {
  const ref = await createJob();
  const { seen, end } = watch(ref);
  await end;
  await aws.faults([{ job: ref.id, fault: 'unknown-status', status: 'INPROGRESS' }]);
  expect(await watch(ref, { sight: seen.at(-1) ?? {} }).end).toBe('ended');
});

test('a status that nobody knows leaves the last state that was known, and ends nothing', async () => {
  const ref = await createJob();
  await aws.faults([{ job: ref.id, fault: 'unknown-status', times: 2 }]);
  const watched = watch(ref);
  expect(await lastOf(watched)).toMatchObject({ observation: { state: 'succeeded' } });
  expect(watched.seen.some(({ unknownSince }) => unknownSince !== undefined)).toBe(true);
  expect(watched.seen.at(-1)?.unknownSince).toBeUndefined();
});

test('a watch that is given up rejects with the reason and makes no more calls', async () => {
  const ref = await createJob();
  const { end, abort } = watch(ref);
  abort.abort(new Error('no longer wanted'));
  await expect(end).rejects.toThrow('no longer wanted');
  const after = await calls('GetBatchPrediction');
  await watch(await createJob()).end;
  expect(
    (await aws.ledger(`?job=${ref.id}`)).filter(({ operation }) => operation === 'GetBatchPrediction'),
  ).toHaveLength(0);
  expect(await calls('GetBatchPrediction')).toBeGreaterThan(after);
});
