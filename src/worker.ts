import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { DefaultLogger, Runtime, Worker, type NativeConnection, type WorkerOptions } from '@temporalio/worker';
import type { WorkerOptionsWithDefaults } from '@temporalio/worker/lib/worker-options.js';
import type { Logger } from 'pino';
import type { ActivityContext } from './activities/context.ts';
import { createActivities, createWatchActivities } from './activities/index.ts';
import { FOLLOW_UPS } from './follow-ups/catalog.ts';
import { createClients } from './services/clients.ts';
import { CATALOG } from './services/catalog.ts';
import { SettingsError, type Settings } from './settings.ts';
import { Slots } from './slots.ts';
import { createWatchers } from './watch/watchers.ts';
import { WATCH_QUEUE_SUFFIX } from './workflows/watch-queue.ts';

export interface StartWorkerOptions {
  connection: NativeConnection;
  namespace: string;
  /** AWS region of the jobs whose step names none. */
  region: string;
  settings: Settings;
  log: Logger;
  /** File of the workflow bundle; the one that `npm run build` makes when absent. */
  workflowBundle?: string;
}

export interface RunningWorker {
  /** Stops taking work, hands the waits for jobs over to other workers and resolves when all is quiet. No job is stopped. */
  shutdown(): Promise<void>;
  /** Settles when the worker has ended; rejects when it failed. */
  ended: Promise<void>;
}

/** How long a start or a copy may go on after a shutdown was asked for. Waits have no grace: they are handed over at once. */
const SHUTDOWN_GRACE = '30s';

/**
 * How long one step of a workflow may take by the clock. By default the SDK stops it after 5 s, and on a machine that was paused or is very
 * busy Node then aborts the whole process ("async hook stack has become corrupted"). The option is not in the public type.
 */
const PATIENT: Pick<WorkerOptionsWithDefaults, 'isolateExecutionTimeout'> = { isolateExecutionTimeout: '5m' };

/** Results are unpacked and parsed, which takes the processor: more at once would only be slower, and make the waits late. */
const READINGS_AT_ONCE = 2;

const BUILT_BUNDLE = fileURLToPath(new URL('./workflow-bundle.js', import.meta.url));

/**
 * Starts a worker: one Temporal worker for workflows and short activities, and one for the waits, which hold thousands of slots so that
 * they can never starve the rest.
 */
export async function startWorker(options: StartWorkerOptions): Promise<RunningWorker> {
  const { connection, namespace, settings, workflowBundle = BUILT_BUNDLE } = options;
  if (!existsSync(workflowBundle))
    throw new Error(`There is no workflow bundle at ${workflowBundle}: run \`npm run build\`.`);
  const context = createContext(options);
  const shared = {
    connection,
    namespace,
    maxHeartbeatThrottleInterval: settings.progressIntervalMs,
    defaultHeartbeatThrottleInterval: settings.progressIntervalMs,
  } satisfies Partial<WorkerOptions>;
  const workers = await Promise.all([
    Worker.create({
      ...shared,
      ...PATIENT,
      taskQueue: settings.taskQueue,
      workflowBundle: { codePath: workflowBundle },
      maxCachedWorkflows: settings.workflowCache,
      shutdownGraceTime: SHUTDOWN_GRACE,
      activities: createActivities(context),
    }),
    Worker.create({
      ...shared,
      taskQueue: `${settings.taskQueue}${WATCH_QUEUE_SUFFIX}`,
      activities: createWatchActivities(context),
      maxConcurrentActivityTaskExecutions: settings.maxJobs,
    }),
  ]);
  return run(workers);
}

function createContext({ region, settings, log }: StartWorkerOptions): ActivityContext {
  const { heartbeatTimeoutMs, notFoundGraceMs, pipelinesFolder } = settings;
  const withoutPlaces = [...settings.places.keys()].filter((name) => CATALOG.get(name)?.places === undefined);
  if (withoutPlaces.length > 0)
    throw new SettingsError(`NIGHTSCORE_PLACES: ${withoutPlaces.join(', ')} is no service that limits its jobs.`);
  const clients = createClients(CATALOG);
  const watchers = createWatchers(clients, { ...settings, graceMs: notFoundGraceMs }, log);
  return {
    region,
    clients,
    watchers,
    followUps: FOLLOW_UPS,
    readings: new Slots(() => READINGS_AT_ONCE),
    heartbeatTimeoutMs,
    notFoundGraceMs,
    pipelinesFolder,
    log,
  };
}

function run(workers: Worker[]): RunningWorker {
  const stopAll = () => {
    for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
  };
  // If one of them fails, the other must not go on as half a worker.
  const runs = workers.map((worker) => worker.run().finally(stopAll));
  const ended = Promise.all(runs).then(() => undefined);
  return {
    ended,
    async shutdown() {
      stopAll();
      await Promise.allSettled(runs);
    },
  };
}

/** What the SDK says as a matter of course: at every start of our two workers, and of failed runs, of which our own log has told. */
const EXPECTED_MESSAGES: ReadonlySet<string> = new Set([
  'Worker state changed',
  'Workflow failed',
  'No workflows registered, not polling for workflow tasks',
  'No Nexus services registered, not polling for Nexus tasks',
]);

const LEVELS = { TRACE: 'trace', DEBUG: 'debug', INFO: 'info', WARN: 'warn', ERROR: 'error' } as const;

/** Sends what Temporal's SDK logs to our log. Once per process, before anything else of the SDK. */
export function installRuntime(log: Logger): void {
  const sdk = log.child({ component: 'temporal' });
  const logger = new DefaultLogger('DEBUG', ({ level, message, meta }) => {
    const ours = EXPECTED_MESSAGES.has(message) ? 'debug' : LEVELS[level];
    const { error, ...rest } = meta ?? {};
    sdk[ours](error === undefined ? rest : { ...rest, err: error }, message);
  });
  Runtime.install({ logger, shutdownSignals: [] });
}
