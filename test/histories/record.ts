/**
 * Records the history of a run for each kind of ending, of replays and of scheduled runs, for `test/workflows/replay.test.ts`.
 *
 *   npm run record:histories -- RELEASE
 *
 * Recorded once for each release and kept for good: runs of that release must go on under the code of later ones.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { NativeConnection } from '@temporalio/worker';
import { pino } from 'pino';
import { NightscoreClient } from '../../src/client/nightscore-client.ts';
import { periodKey, runKey } from '../../src/pipeline/run-key.ts';
import { startSimulator } from '../../src/simulator/simulator.ts';
import { readSettings } from '../../src/settings.ts';
import { startLocalServer } from '../../src/temporal/local-server.ts';
import { installRuntime, startWorker } from '../../src/worker.ts';
import type { scheduledRun } from '../../src/workflows/scheduled-run.ts';
import { pipelinesFolder } from '../support/pipelines-folder.ts';
import { RECORDED_REPLAYS, RECORDED_RUNS, RECORDED_SCHEDULED_RUNS, SCHEDULED_PIPELINES } from './recorded-runs.ts';

const KEY = '2026-11-20';
const TASK_QUEUE = 'nightscore';
const SCHEDULED_TIME = defineSearchAttributeKey('TemporalScheduledStartTime', SearchAttributeType.DATETIME);

const [release] = process.argv.slice(2);
if (release === undefined) throw new Error('Say which release is recorded, for example 0.1.0');

const folder = await mkdtemp(join(tmpdir(), 'nightscore-record-'));
const server = await startLocalServer({ uiPort: 'none' });
const pipelines = await pipelinesFolder(SCHEDULED_PIPELINES);
const simulator = await startSimulator({ folder, speed: 100 });
Object.assign(process.env, {
  AWS_ENDPOINT_URL: simulator.endpoint,
  AWS_ACCESS_KEY_ID: 'record',
  AWS_SECRET_ACCESS_KEY: 'record',
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
});
const log = pino({ enabled: false });
installRuntime(log);
const connection = await NativeConnection.connect({ address: server.address });
const worker = await startWorker({
  connection,
  namespace: 'default',
  region: 'eu-west-1',
  settings: readSettings({
    NIGHTSCORE_POLL_INTERVAL: '1s',
    NIGHTSCORE_NOT_FOUND_GRACE: '2s',
    NIGHTSCORE_UNKNOWN_STATUS_LIMIT: '3s',
    NIGHTSCORE_PIPELINES: pipelines.path,
  }),
  log,
  workflowBundle: 'lib/workflow-bundle.js',
});
const temporal = new Client({ connection: await Connection.connect({ address: server.address }) });
const nightscore = new NightscoreClient({ client: temporal });
await mkdir(`test/histories/${release}`, { recursive: true });

const switches = `${simulator.endpoint}/_simulator/faults`;

async function setFaults(faults: readonly object[]): Promise<void> {
  await fetch(switches, { method: 'DELETE' });
  await fetch(switches, { method: 'POST', body: JSON.stringify(faults) });
}

for (const { name, steps, timeout, faults = [], cancelWhen, cancelStep } of RECORDED_RUNS) {
  await setFaults(faults);
  const run = runKey(name, KEY);
  // Not by the client, which would refuse the pipeline that is not valid.
  const args = [{ pipeline: { name, steps, ...(timeout && { timeout }) }, key: KEY }];
  let isCancelled = false;
  const handle = await temporal.workflow.start('runPipeline', { workflowId: run, taskQueue: TASK_QUEUE, args });
  for await (const report of nightscore.watch(run, { intervalMs: 50 })) {
    if (isCancelled || report.outcome !== undefined || !cancelWhen?.(report)) continue;
    isCancelled = true;
    await (cancelStep === undefined ? nightscore.cancel(run) : nightscore.cancelStep(run, cancelStep));
  }
  await keep(name, handle);
}

await setFaults([]);
for (const { name, of, options } of RECORDED_REPLAYS) {
  const { run, runId } = await nightscore.replay({ run: runKey(of, KEY), ...options });
  const handle = temporal.workflow.getHandle(run, runId);
  await handle.result();
  await keep(name, handle);
}

for (const { name, pipeline, scheduledTime, isStartedBefore, how } of RECORDED_SCHEDULED_RUNS) {
  if (isStartedBefore) await nightscore.start({ pipeline, key: periodKey('day', scheduledTime, 'UTC') });
  const handle = await temporal.workflow.start<typeof scheduledRun>('scheduledRun', {
    workflowId: `nightscore-schedule:${name}`,
    taskQueue: TASK_QUEUE,
    args: [{ pipeline }],
    typedSearchAttributes: [{ key: SCHEDULED_TIME, value: scheduledTime }],
  });
  const result = await handle.result().catch(() => undefined);
  if (result?.how !== how) throw new Error(`${name} came out as ${result?.how}`);
  await keep(name, handle);
}

async function keep(name: string, handle: WorkflowHandle): Promise<void> {
  const history = anonymous(historyToJSON(await handle.fetchHistory()));
  await writeFile(`test/histories/${release}/${name}.json`, `${history}\n`);
}

/** The history without what tells of the machine that recorded it; a replay looks at neither. */
function anonymous(history: string): string {
  const hidden = (key: string, value: unknown) => (key === 'stackTrace' || key === 'identity' ? '' : value);
  return JSON.stringify(JSON.parse(history, hidden) as unknown, undefined, 1);
}

await worker.shutdown();
await simulator.close();
await server.stop();
await pipelines.close();
await rm(folder, { recursive: true });
process.exit(0);
