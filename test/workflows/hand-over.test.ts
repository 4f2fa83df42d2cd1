import { afterAll, beforeAll, expect, test } from 'vitest';
import { jobStep, pipeline } from '../support/example-pipelines.ts';
import { startNightscore, type Nightscore } from '../support/nightscore.ts';
import { simulateAws, type SimulatedAws } from '../support/simulated-aws.ts';

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

test('a run without a worker is still listed, and its report says that nobody answers', async () => {
  const { run } = await nightscore.client.start({
    pipeline: pipeline('alone', { score: jobStep(AFD) }),
    key: '2026-11-20',
  });
  const report = await nightscore.client.get(run);
  expect(report).toMatchObject({ run: { id: run, pipeline: 'alone' }, steps: {} });
  expect(report.error).toContain(nightscore.taskQueue);
  await nightscore.temporal.workflow.getHandle(run).terminate('the test is over');
});
