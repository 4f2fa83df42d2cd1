import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { pino } from 'pino';
import { inject } from 'vitest';
import { NightscoreClient } from '../../src/client/nightscore-client.ts';
import { NightscoreSchedules } from '../../src/client/schedules/nightscore-schedules.ts';
import type { PipelineDefinition } from '../../src/pipeline/definition.ts';
import type { RunReport } from '../../src/pipeline/report.ts';
import { readSettings, type Settings } from '../../src/settings.ts';
import { installRuntime, startWorker, type RunningWorker } from '../../src/worker.ts';
import { REGION } from './simulated-aws.ts';

/** What the workers of the tests say is kept, and searched for secrets at the end. */
const log = pino({ level: 'debug' }, pino.destination(join(inject('evidence'), `worker-${process.pid}.log`)));

export interface Nightscore {
  client: NightscoreClient;
  schedules: NightscoreSchedules;
  temporal: Client;
  taskQueue: string;
  /** One more worker on the same task queues, in the simulator's region by default. */
  addWorker(region?: string): Promise<RunningWorker>;
  /** Starts a run and returns its last report. */
  run(pipeline: PipelineDefinition | string, key: string): Promise<RunReport>;
  /** The report of a run once it has ended. */
  ended(run: string): Promise<RunReport>;
  /** Resolves with the first report of which `condition` holds. */
  until(run: string, condition: (report: RunReport) => boolean): Promise<RunReport>;
  close(): Promise<void>;
}

/** A worker on task queues of its own and a client, at the real Temporal server that all tests share. */
export async function startNightscore(
  options: { pipelinesFolder?: string; workers?: number; taskQueue?: string; settings?: Partial<Settings> } = {},
): Promise<Nightscore> {
  const address = inject('temporalAddress');
  const { taskQueue = `test-${randomUUID()}` } = options;
  const settings = readSettings({
    NIGHTSCORE_TASK_QUEUE: taskQueue,
    NIGHTSCORE_POLL_INTERVAL: '1s',
    NIGHTSCORE_PROGRESS_INTERVAL: '1s',
    NIGHTSCORE_NOT_FOUND_GRACE: '1s',
    NIGHTSCORE_PIPELINES: options.pipelinesFolder ?? 'examples/pipelines',
  });
  installRuntime(log);
  const closing: (() => Promise<void>)[] = [];
  const addWorker = async (region = REGION) => {
    // Temporal allows one worker for each task queue and connection.
    const connection = await NativeConnection.connect({ address });
    const worker = await startWorker({
      connection,
      namespace: 'default',
      region,
      settings: { ...settings, pollIntervalMs: 100, ...options.settings },
      log,
      workflowBundle: inject('workflowBundle'),
    });
    closing.push(async () => {
      await worker.shutdown();
      await connection.close();
    });
    return worker;
  };
  for (let count = options.workers ?? 1; count > 0; count -= 1) await addWorker();
  const clientConnection = await Connection.connect({ address });
  const temporal = new Client({ connection: clientConnection });
  const client = new NightscoreClient({ client: temporal, taskQueue });
  const schedules = new NightscoreSchedules({ client: temporal, taskQueue });
  const until = async (run: string, condition: (report: RunReport) => boolean) => {
    for await (const report of client.watch(run, { intervalMs: 50 })) if (condition(report)) return report;
    throw new Error(`Run ${run} ended before the condition held`);
  };
  const ended = (run: string) => until(run, ({ outcome }) => outcome !== undefined);
  return {
    client,
    schedules,
    temporal,
    taskQueue,
    addWorker,
    until,
    ended,
    async run(pipeline, key) {
      const { run } = await client.start({ pipeline, key });
      return ended(run);
    },
    async close() {
      await Promise.all(closing.map((close) => close()));
      await clientConnection.close();
    },
  };
}
