import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { PlaceWait } from '../../src/pipeline/heartbeat.ts';
import type { JobRef } from '../../src/pipeline/job.ts';
import { ServiceError } from '../../src/services/errors.ts';
import { fraudDetectorBatchPrediction as service } from '../../src/services/fraud-detector/batch-prediction.ts';
import { startOrAdopt } from '../../src/services/start-or-adopt.ts';
import { Places } from '../../src/watch/places.ts';
import { EXAMPLE_REQUESTS } from '../support/example-jobs.ts';
import { REGION, simulateAws, type SimulatedAws } from '../support/simulated-aws.ts';
import { endOf } from '../support/watched-job.ts';

/** What the service really takes at once. */
const QUOTA = 2;
const JOBS = 12;

const request = service.request.parse(EXAMPLE_REQUESTS[service.name]?.('2026-11-20'));
const client = () => service.connect(REGION);

let aws: SimulatedAws;

beforeAll(async () => {
  aws = await simulateAws({ speed: 600, settings: { fraudDetector: { simultaneousJobs: QUOTA } } });
});

beforeEach(() => aws.clearFaults());

afterAll(() => aws.close());

function placesFor(limit: number): Places {
  return new Places(client(), { limit, pollIntervalMs: 50 }, pino({ enabled: false }));
}

function newJob(): JobRef {
  const runKey = `places/${randomUUID()}`;
  return service.locate(service.jobId({ namespace: 'test', runKey, step: 'score', attempt: 1 }), request, REGION);
}

/** Runs a job to its end, and waits for a place as often as the service refuses it. */
async function runJob(places: Places, ref: JobRef): Promise<void> {
  const { signal } = new AbortController();
  const since = new Date().toISOString();
  for (;;) {
    try {
      await startOrAdopt(service, client(), ref, request, {
        ready: () => places.take({ ref, lowPriority: false, since, signal, onWait: () => {} }),
      });
      break;
    } catch (error) {
      if (!(error instanceof ServiceError && error.class === 'quota')) throw error;
    }
  }
  await endOf(client(), ref);
  places.ended(ref.id);
}

async function creates(): Promise<number> {
  return (await aws.ledger('?operation=CreateBatchPredictionJob')).length;
}

test('jobs wait for their places by the service’s list, without a refusal', async () => {
  const before = await creates();
  const places = placesFor(QUOTA);
  await Promise.all(Array.from({ length: JOBS }, () => runJob(places, newJob())));
  expect((await creates()) - before).toBe(JOBS);
});

test('a quota that is smaller than was thought is learned from few refusals', async () => {
  const before = await creates();
  const places = placesFor(5);
  await Promise.all(Array.from({ length: JOBS }, () => runJob(places, newJob())));
  // Three at the start, and one now and then to find out whether there are more places by now.
  expect((await creates()) - before).toBeLessThanOrEqual(JOBS + 6);
});

test('a list that cannot be read does not keep jobs from starting', async () => {
  await aws.faults([{ call: 'list', fault: 'access-denied' }]);
  await expect(runJob(placesFor(QUOTA), newJob())).resolves.toBeUndefined();
});

test('a place that was given and not used is free again', async () => {
  const places = placesFor(1);
  const { signal } = new AbortController();
  const take = () =>
    places.take({ ref: newJob(), lowPriority: false, since: new Date().toISOString(), signal, onWait: () => {} });
  (await take()).release();
  await expect(take()).resolves.toBeDefined();
});

test('a start that gives up leaves the queue, and those before it are told of fewer', async () => {
  const places = placesFor(1);
  const abort = new AbortController();
  const waits: PlaceWait[] = [];
  const held = await places.take({
    ref: newJob(),
    lowPriority: false,
    since: '1',
    signal: abort.signal,
    onWait: () => {},
  });
  const first = places.take({ ref: newJob(), lowPriority: false, since: '2', signal: abort.signal, onWait: () => {} });
  const { signal } = new AbortController();
  const second = places.take({
    ref: newJob(),
    lowPriority: false,
    since: '3',
    signal,
    onWait: (wait) => waits.push(wait),
  });
  await expect.poll(() => waits.at(-1)?.ahead).toBe(1);
  abort.abort(new Error('given up'));
  await expect(first).rejects.toThrow('given up');
  await expect.poll(() => waits.at(-1)?.ahead).toBe(0);
  held.release();
  await expect(second).resolves.toBeDefined();
});

test('starts of replays wait behind all others, however long they have waited', async () => {
  const places = placesFor(1);
  const { signal } = new AbortController();
  const turns: string[] = [];
  const take = async (name: string, since: string, lowPriority: boolean) => {
    const place = await places.take({ ref: newJob(), since, lowPriority, signal, onWait: () => {} });
    turns.push(name);
    place.release();
  };
  await Promise.all([
    take('first replay', '1', true),
    take('second replay', '2', true),
    take('first of tonight', '3', false),
    take('second of tonight', '4', false),
  ]);
  expect(turns).toEqual(['first of tonight', 'second of tonight', 'first replay', 'second replay']);
});
