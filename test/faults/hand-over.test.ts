import { afterAll, beforeAll, expect, test } from 'vitest';
import { jobStep, pipeline } from '../support/example-pipelines.ts';
import { startNightscore, type Nightscore } from '../support/nightscore.ts';
import { REGION, simulateAws, type SimulatedAws } from '../support/simulated-aws.ts';

const AFD = 'fraud-detector/batch-prediction';

let aws: SimulatedAws;
let nightscore: Nightscore;

beforeAll(async () => {
  aws = await simulateAws({ speed: 60 });
  nightscore = await startNightscore({ workers: 0 });
});

afterAll(async () => {
  await nightscore.close();
  await aws.close();
});

test('a worker that shuts down hands the wait over to another one, and the job goes on untouched', async () => {
  const first = await nightscore.addWorker();
  const { run } = await nightscore.client.start({
    pipeline: pipeline('handed', { score: jobStep(AFD) }),
    key: '2026-11-20',
  });
  const running = await nightscore.until(run, ({ steps }) => steps['score']?.job?.rawStatus !== undefined);
  const second = await nightscore.addWorker();
  await first.shutdown();
  expect(await nightscore.client.get(run)).not.toHaveProperty('outcome');
  const report = await nightscore.ended(run);
  expect(report).toMatchObject({ outcome: 'succeeded' });
  const job = running.steps['score']?.job?.id;
  expect(report.steps['score']?.job?.id).toBe(job);
  const operations = (await aws.ledger(`?job=${job}`)).map(({ operation }) => operation);
  expect(operations.filter((operation) => operation === 'CreateBatchPredictionJob')).toHaveLength(1);
  expect(operations).not.toContain('CancelBatchPredictionJob');
  await second.shutdown();
});

test('a run stays in the region that it began in, and its replay with the job, when the workers move to another one', async () => {
  const AML = 'machine-learning/batch-prediction';
  const first = await nightscore.addWorker();
  const { region: _region, ...score } = jobStep(AML);
  const definition = pipeline('moved', { score, again: { ...score, needs: ['score'] } });
  const staying = await nightscore.client.start({ pipeline: definition, key: '2026-11-20' });
  const ended = await nightscore.client.start({ pipeline: definition, key: '2026-11-21' });
  for (const { run } of [staying, ended]) {
    await nightscore.until(run, ({ steps }) => steps['score']?.job?.rawStatus !== undefined);
  }
  await nightscore.temporal.workflow.getHandle(ended.run).terminate('by a test');
  await first.shutdown();
  const second = await nightscore.addWorker('us-east-1');
  expect(await nightscore.client.planReplay({ run: ended.run })).toMatchObject({ paysAgain: 0 });
  await nightscore.client.replay({ run: ended.run });
  expect(await nightscore.ended(staying.run)).toMatchObject({
    outcome: 'succeeded',
    steps: { score: { attempt: 1, job: { region: REGION } }, again: { attempt: 1, job: { region: REGION } } },
  });
  const replay = await nightscore.ended(ended.run);
  expect(replay.steps['score']).toMatchObject({ outcome: 'succeeded', attempt: 1, job: { region: REGION } });
  // What is new in the replay goes where the workers are now.
  expect(replay.steps['again']).toMatchObject({ outcome: 'succeeded', job: { region: 'us-east-1' } });
  await second.shutdown();
});

test('a start whose answer never came is looked for where it went, although the workers have moved since', async () => {
  const first = await nightscore.addWorker();
  const { region: _region, ...score } = jobStep('machine-learning/batch-prediction');
  await aws.faults([{ operation: 'CreateBatchPrediction', fault: 'slow-after', delayMs: 4_000, times: 1 }]);
  const { run } = await nightscore.client.start({ pipeline: pipeline('in-doubt', { score }), key: '2026-11-20' });
  const jobs = async () => {
    const all = (await (await fetch(`${aws.endpoint}/_simulator/jobs`)).json()) as { id: string }[];
    return all.filter(({ id }) => id.startsWith('in-doubt-'));
  };
  await expect.poll(jobs, { timeout: 10_000 }).toHaveLength(1);
  await nightscore.temporal.workflow.getHandle(run).terminate('by a test');
  await first.shutdown();
  const second = await nightscore.addWorker('us-east-1');
  expect((await nightscore.client.get(run)).steps['score']).toMatchObject({ state: 'starting', region: REGION });
  expect(await nightscore.client.planReplay({ run })).toMatchObject({ steps: [{ action: 'adopt' }] });
  await nightscore.client.replay({ run });
  expect((await nightscore.ended(run)).steps['score']).toMatchObject({
    outcome: 'succeeded',
    attempt: 1,
    job: { region: REGION, adopted: true },
  });
  expect(await jobs()).toHaveLength(1);
  await second.shutdown();
});

test('a run without a worker is still listed, and its report says that nobody answers', async () => {
  const { run } = await nightscore.client.start({
    pipeline: pipeline('alone', { score: jobStep(AFD) }),
    key: '2026-11-20',
  });
  const report = await nightscore.client.get(run);
  expect(report).toMatchObject({ run: { id: run, pipeline: 'alone' }, steps: {} });
  expect(report.run.trigger).toBe('client');
  expect(report.error).toContain(`(none answered). Is one running on its task queue, ${nightscore.taskQueue}?`);
  await nightscore.client.cancel(run);
  expect((await nightscore.client.get(run)).run.cancelRequested).toBe(true);
  await expect(nightscore.client.cancelStep(run, 'score')).rejects.toThrow(/No worker has taken up in time/);
  await nightscore.temporal.workflow.getHandle(run).terminate('the test is over');
});
