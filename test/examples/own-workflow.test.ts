import { fileURLToPath } from 'node:url';
import { NativeConnection, Worker } from '@temporalio/worker';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import type { chooseModel } from '../../examples/own-workflow/workflows.ts';
import { startNightscore, type Nightscore } from '../support/nightscore.ts';
import { simulateAws, type SimulatedAws } from '../support/simulated-aws.ts';

let aws: SimulatedAws;
let nightscore: Nightscore;

beforeAll(async () => {
  aws = await simulateAws();
  nightscore = await startNightscore({ taskQueue: 'nightscore' });
});

afterAll(async () => {
  await nightscore.close();
  await aws.close();
});

test('the example workflow runs a job by the published library and goes on from its outcome', async () => {
  const connection = await NativeConnection.connect({ address: inject('temporalAddress') });
  const taskQueue = 'own-workflow';
  const workflowsPath = fileURLToPath(new URL('../../examples/own-workflow/workflows.ts', import.meta.url));
  const worker = await Worker.create({ connection, taskQueue, workflowsPath });
  const chosen = await worker.runUntil(
    nightscore.temporal.workflow.execute<typeof chooseModel>('chooseModel', {
      workflowId: 'choose-model/2026-11-20',
      taskQueue,
      args: [{ date: '2026-11-20', models: ['ml-not-there-yet', 'ml-tumor-screening'] }],
    }),
  );
  await connection.close();
  expect(chosen).toEqual({
    model: 'ml-tumor-screening',
    outputUri: 's3://nightscore-examples/own-workflow/2026-11-20/',
  });
});
