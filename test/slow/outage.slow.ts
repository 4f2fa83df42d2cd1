import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { DateTime } from 'luxon';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { NightscoreClient } from '../../src/client/nightscore-client.ts';
import { NightscoreSchedules } from '../../src/client/schedules/nightscore-schedules.ts';
import type { PipelineDefinition } from '../../src/pipeline/definition.ts';
import { readSettings } from '../../src/settings.ts';
import { startSimulator } from '../../src/simulator/simulator.ts';
import { startLocalServer, type LocalServer } from '../../src/temporal/local-server.ts';
import { installRuntime, startWorker } from '../../src/worker.ts';
import { jobStep, pipeline } from '../support/example-pipelines.ts';
import { pipelinesFolder } from '../support/pipelines-folder.ts';

/** The server is stopped so long before a schedule is due, and started so long after, in milliseconds. */
const BEFORE_MS = 5_000;
const AFTER_MS = 15_000;

let folder: string;
const closing: (() => Promise<unknown>)[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nightscore-outage-'));
});
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
  await rm(folder, { recursive: true });
});

async function connect({ address }: LocalServer) {
  const connection = await Connection.connect({ address });
  closing.push(() => connection.close());
  const options = { client: new Client({ connection }) };
  return { client: new NightscoreClient(options), schedules: new NightscoreSchedules(options) };
}

async function work(address: string, pipelines: readonly PipelineDefinition[]): Promise<void> {
  const files = await pipelinesFolder(pipelines);
  const simulator = await startSimulator({ folder: join(folder, 'simulator'), speed: 600 });
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: simulator.endpoint,
    AWS_ACCESS_KEY_ID: 'outage',
    AWS_SECRET_ACCESS_KEY: 'outage',
  });
  const log = pino({ enabled: false });
  installRuntime(log);
  const connection = await NativeConnection.connect({ address });
  const worker = await startWorker({
    connection,
    namespace: 'default',
    region: 'eu-west-1',
    settings: readSettings({ NIGHTSCORE_PIPELINES: files.path, NIGHTSCORE_POLL_INTERVAL: '1s' }),
    log,
    workflowBundle: 'lib/workflow-bundle.js',
  });
  closing.push(
    () => files.close(),
    () => simulator.close(),
    () => connection.close(),
    () => worker.shutdown(),
  );
}

it('a run that was due while the server was down is made up for, for its own period, unless it is too late', async () => {
  const dataFile = join(folder, 'temporal.db');
  const first = await startLocalServer({ dataFile, uiPort: 'none' });
  const due = DateTime.utc()
    .plus({ milliseconds: 2 * BEFORE_MS, minutes: 1 })
    .startOf('minute');
  const cron = `${due.minute} ${due.hour} * * *`;
  const steps = { score: jobStep('machine-learning/batch-prediction') };
  const pipelines = [
    { ...pipeline('in-time', steps), schedule: { cron } },
    { ...pipeline('too-late', steps), schedule: { cron, catchupWindow: '10s' } },
  ];
  const before = await connect(first);
  await (await before.schedules.plan(pipelines)).carryOut();
  await delay(due.toMillis() - BEFORE_MS - Date.now());
  await closing.pop()?.();
  await first.stop();

  await delay(due.toMillis() + AFTER_MS - Date.now());
  const second = await startLocalServer({ dataFile, uiPort: 'none' });
  closing.push(() => second.stop());
  await work(second.address, pipelines);
  const { client, schedules } = await connect(second);
  const statuses = async () => {
    const listed = await schedules.list(pipelines);
    return listed.map(({ pipeline: name, lastActions, missed }) => ({ name, lastActions, missed }));
  };
  const run = `in-time/${due.toISODate()}`;
  const made = { scheduledAt: due.toISO(), run, status: 'succeeded' };
  await expect.poll(statuses, { timeout: 60_000 }).toEqual([
    { name: 'in-time', lastActions: [made], missed: 0 },
    { name: 'too-late', lastActions: [], missed: 1 },
  ]);
  const report = await client.get(run);
  expect(Date.parse(report.run.startedAt)).toBeGreaterThan(due.toMillis() + AFTER_MS);
});
