import { WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { jobStep, pipeline } from '../support/example-pipelines.ts';
import { startNightscore, type Nightscore } from '../support/nightscore.ts';
import { pipelinesFolder, type PipelinesFolder } from '../support/pipelines-folder.ts';
import { simulateAws, type SimulatedAws } from '../support/simulated-aws.ts';
import type { RunningWorker } from '../../src/worker.ts';

const AML = 'machine-learning/batch-prediction';
const SCHEDULED_TIME = defineSearchAttributeKey('TemporalScheduledStartTime', SearchAttributeType.DATETIME);

const schedule = { cron: '30 2 * * *', timezone: 'Europe/Berlin' };
const steps = { score: jobStep(AML) };
const PIPELINES = [
  { ...pipeline('at-night', steps), schedule },
  { ...pipeline('at-hours', steps), period: 'hour' as const, schedule: { ...schedule, cron: '5 * * * *' } },
  { ...pipeline('at-fault', { score: jobStep(AML, { gate: { minRecords: 1_000_000 } }) }), schedule },
  {
    ...pipeline('at-no-time', {
      copy: { uses: 's3/copy', with: { from: 's3://nightscore-examples/a/', to: 's3://nightscore-examples/b/' } },
    }),
    period: 'none' as const,
  },
  { ...pipeline('at-greenwich', steps) },
];

let aws: SimulatedAws;
let folder: PipelinesFolder;
let nightscore: Nightscore;
let worker: RunningWorker;

beforeAll(async () => {
  aws = await simulateAws();
  folder = await pipelinesFolder(PIPELINES);
  nightscore = await startNightscore({ pipelinesFolder: folder.path, workers: 0 });
  worker = await nightscore.addWorker();
});
beforeEach(() => aws.clearFaults());
afterAll(async () => {
  await nightscore.close();
  await aws.close();
  await folder.close();
});

/** What a schedule starts at a time, as Temporal starts it. */
function scheduled(name: string, at: string): Promise<WorkflowHandle> {
  return nightscore.temporal.workflow.start('scheduledRun', {
    workflowId: `nightscore-schedule:${name}-${at}`,
    taskQueue: nightscore.taskQueue,
    args: [{ pipeline: name }],
    typedSearchAttributes: [{ key: SCHEDULED_TIME, value: new Date(at) }],
  });
}

async function creates(run: string): Promise<number> {
  const { steps: done } = await nightscore.client.get(run);
  const calls = await aws.ledger(`?job=${done['score']?.job?.id}`);
  return calls.filter(({ operation }) => operation === 'CreateBatchPrediction').length;
}

/** Keeps jobs of Amazon ML from being seen to end, until faults are cleared. */
async function holdJobs(): Promise<void> {
  await aws.faults([{ operation: 'GetBatchPrediction', fault: 'unknown-status' }]);
}

function failureOf(handle: WorkflowHandle): Promise<unknown> {
  return handle.result().then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe('a scheduled run is for the period of the scheduled time, in the pipeline’s zone', () => {
  test.each([
    ['at-night', '2026-11-20T01:30:00Z', '2026-11-20'],
    ['at-night', '2026-11-20T23:30:00Z', '2026-11-21'],
    ['at-hours', '2026-11-20T01:05:00Z', '2026-11-20T02+0100'],
    ['at-greenwich', '2026-11-20T23:30:00Z', '2026-11-20'],
  ])('%s at %s runs for %s', async (name, at, key) => {
    const handle = await scheduled(name, at);
    const run = `${name}/${key}`;
    expect(await handle.result()).toEqual({ run, how: 'started', status: 'succeeded' });
    expect(await nightscore.client.get(run)).toMatchObject({ outcome: 'succeeded', run: { trigger: 'schedule' } });
    expect((await handle.describe()).memo).toEqual({ run });
  });

  test('or of the time at which somebody started it by hand', async () => {
    const handle = await nightscore.temporal.workflow.start('scheduledRun', {
      workflowId: 'by-hand-at-greenwich',
      taskQueue: nightscore.taskQueue,
      args: [{ pipeline: 'at-greenwich' }],
    });
    const { startTime } = await handle.describe();
    const run = `at-greenwich/${startTime.toISOString().slice(0, 10)}`;
    expect(await handle.result()).toMatchObject({ run, how: 'started' });
  });
});

describe('a period runs once', () => {
  test('when the autumn night has its hour twice: one run, one job', async () => {
    const [summer, winter] = ['2026-10-25T00:30:00Z', '2026-10-25T01:30:00Z'];
    const first = await scheduled('at-night', summer);
    const second = await scheduled('at-night', winter);
    const run = 'at-night/2026-10-25';
    const ends = await Promise.all([first.result(), second.result()]);
    expect(ends.filter(({ how }) => how === 'started')).toHaveLength(1);
    expect(ends.map((end) => end.run)).toEqual([run, run]);
    expect(await creates(run)).toBe(1);
  });

  test('but an hourly pipeline runs for both of the hours', async () => {
    const ends = await Promise.all(
      ['2026-10-25T00:05:00Z', '2026-10-25T01:05:00Z'].map(async (at) => (await scheduled('at-hours', at)).result()),
    );
    expect(ends.map(({ run }) => run)).toEqual(['at-hours/2026-10-25T02+0200', 'at-hours/2026-10-25T02+0100']);
  });

  test('when somebody has run it before: nothing is done, and that is said', async () => {
    await nightscore.run('at-night', '2026-09-01');
    const handle = await scheduled('at-night', '2026-09-01T00:30:00Z');
    expect(await handle.result()).toEqual({ run: 'at-night/2026-09-01', how: 'ended-before', status: 'succeeded' });
    expect(await creates('at-night/2026-09-01')).toBe(1);
  });

  test('also when that had failed: whoever wants it again replays it', async () => {
    await nightscore.run('at-fault', '2026-09-01');
    const handle = await scheduled('at-fault', '2026-09-01T00:30:00Z');
    expect(await handle.result()).toEqual({ run: 'at-fault/2026-09-01', how: 'ended-before', status: 'failed' });
  });

  test('when somebody’s run of it still goes on: that one is waited for', async () => {
    await holdJobs();
    await nightscore.client.start({ pipeline: 'at-night', key: '2026-09-02' });
    const handle = await scheduled('at-night', '2026-09-02T00:30:00Z');
    await expect.poll(() => waits(handle), { timeout: 10_000 }).toBe(true);
    expect(await handle.describe()).toMatchObject({ status: { name: 'RUNNING' } });
    await aws.clearFaults();
    expect(await handle.result()).toEqual({ run: 'at-night/2026-09-02', how: 'joined', status: 'succeeded' });
    expect(await creates('at-night/2026-09-02')).toBe(1);
  });
});

async function waits(handle: WorkflowHandle): Promise<boolean> {
  const { raw } = await handle.describe();
  return (raw.pendingActivities ?? []).some(({ activityType }) => activityType?.name === 'awaitRun');
}

describe('a scheduled run fails', () => {
  test('when its run failed, and names it', async () => {
    const failure = await failureOf(await scheduled('at-fault', '2026-09-03T00:30:00Z'));
    expect(failure).toBeInstanceOf(WorkflowFailedError);
    expect(failure).toMatchObject({
      cause: { type: 'PipelineFailed', message: expect.stringMatching(/^Run at-fault\/2026-09-03 failed\nscore: /) },
    });
  });

  test('when the run that it waited for failed', async () => {
    await holdJobs();
    await nightscore.client.start({ pipeline: 'at-fault', key: '2026-09-04' });
    const handle = await scheduled('at-fault', '2026-09-04T00:30:00Z');
    await expect.poll(() => waits(handle), { timeout: 10_000 }).toBe(true);
    await aws.clearFaults();
    expect(await failureOf(handle)).toMatchObject({
      cause: { type: 'PipelineFailed', message: expect.stringMatching(/^Run at-fault\/2026-09-04 failed\nscore: /) },
    });
  });

  test.each([
    ['at-nihgt', /no pipeline "at-nihgt".*did you mean at-night\?.*Nothing was started/],
    ['at-no-time', /at-no-time has no period.*Nothing was started/],
  ])('when %s cannot run at a time', async (name, message) => {
    const handle = await scheduled(name, '2026-09-05T00:30:00Z');
    expect(await failureOf(handle)).toMatchObject({
      cause: { type: 'InvalidInput', message: expect.stringMatching(message) },
    });
  });

  test.each([
    ['nothing', []],
    ['null', [null]],
    ['a text', ['at-night']],
    ['a definition', [{ pipeline: PIPELINES[0] }]],
  ])('at once when it is started with %s', async (what, args) => {
    const handle = await nightscore.temporal.workflow.start('scheduledRun', {
      workflowId: `scheduled-rubbish-${what}`,
      taskQueue: nightscore.taskQueue,
      args,
    });
    expect(await failureOf(handle)).toMatchObject({
      cause: { message: expect.stringContaining('takes one argument') },
    });
  });
});

describe('a cancel', () => {
  test('of the scheduled run cancels the run that it started, and is over when that is', async () => {
    await holdJobs();
    const handle = await scheduled('at-night', '2026-09-06T00:30:00Z');
    await expect
      .poll(async () => (await nightscore.client.get('at-night/2026-09-06')).steps['score']?.job, { timeout: 10_000 })
      .toBeDefined();
    await handle.cancel();
    expect(await failureOf(handle)).toBeInstanceOf(WorkflowFailedError);
    expect(await handle.describe()).toMatchObject({ status: { name: 'CANCELLED' } });
    expect(await nightscore.client.get('at-night/2026-09-06')).toMatchObject({ outcome: 'cancelled' });
  });

  test('of the run by somebody else is no failure of the scheduled run', async () => {
    await holdJobs();
    const handle = await scheduled('at-night', '2026-09-07T00:30:00Z');
    await expect
      .poll(async () => (await nightscore.client.get('at-night/2026-09-07')).steps['score']?.job, { timeout: 10_000 })
      .toBeDefined();
    await nightscore.client.cancel('at-night/2026-09-07');
    expect(await handle.result()).toEqual({ run: 'at-night/2026-09-07', how: 'started', status: 'cancelled' });
  });

  test('of a scheduled run that waits for somebody’s run lets that run go on', async () => {
    await holdJobs();
    const { run } = await nightscore.client.start({ pipeline: 'at-night', key: '2026-09-08' });
    const handle = await scheduled('at-night', '2026-09-08T00:30:00Z');
    await expect.poll(() => waits(handle), { timeout: 10_000 }).toBe(true);
    await handle.cancel();
    await failureOf(handle);
    expect(await handle.describe()).toMatchObject({ status: { name: 'CANCELLED' } });
    await aws.clearFaults();
    expect(await nightscore.ended(run)).toMatchObject({ outcome: 'succeeded' });
  });
});

test('a wait for somebody’s run is handed over when its worker shuts down', async () => {
  await holdJobs();
  await nightscore.client.start({ pipeline: 'at-night', key: '2026-09-09' });
  const handle = await scheduled('at-night', '2026-09-09T00:30:00Z');
  await expect.poll(() => waits(handle), { timeout: 10_000 }).toBe(true);
  await nightscore.addWorker();
  await worker.shutdown();
  await aws.clearFaults();
  expect(await handle.result()).toEqual({ run: 'at-night/2026-09-09', how: 'joined', status: 'succeeded' });
});
