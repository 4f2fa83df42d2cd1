import type { NativeConnection } from '@temporalio/worker';
import type { Logger } from 'pino';
import type { Settings } from '../../settings.ts';
import type { TemporalSettings } from '../../temporal/connection-settings.ts';
import { startLocalServer } from '../../temporal/local-server.ts';
import { ensureSearchAttributes } from '../../temporal/search-attributes.ts';
import { connectWorker } from '../../temporal/worker-connection.ts';
import { installRuntime, startWorker } from '../../worker.ts';
import { webUiOf } from '../runs/web-ui.ts';
import { useOwnAws, useSimulator, type OwnAws } from './aws-environment.ts';
import { startSimulatedAws } from './simulator.ts';

export interface LocalStackOptions {
  /** A server that runs already, or the file of the data of one to start; port 0 is any free port. */
  temporal: { own: TemporalSettings } | { dataFile: string; namespace: string; port: number; uiPort: number };
  /** A stand-in for AWS that runs already, or how to start the simulator. */
  aws: { own: OwnAws } | { folder: string; port: number; speed: number };
  settings: Settings;
  log: Logger;
  /** Ends the start between its parts; what has been started is stopped again. */
  signal: AbortSignal;
}

export interface LocalStack {
  temporal: TemporalSettings;
  /** Address of Temporal's web UI, if that is known. */
  webUi: string | undefined;
  /** Address of what stands in for AWS. */
  endpoint: string;
  /** Region of the jobs whose steps name none. */
  region: string;
  /** Rejects, with what happened, when a part ends by itself. */
  failed: Promise<never>;
  /** Stops what was started: the worker, then the simulator, then Temporal. What was running goes on when they start with the same data again. */
  stop(): Promise<void>;
}

/** A part of the stack. What runs already is not ours to stop. */
interface Part {
  stop(): Promise<void>;
}

/**
 * Starts a Temporal server, the simulator and a worker in this process and on this machine only, less those that run already. From then
 * on no AWS client of the process can reach a real account.
 */
export async function startLocalStack(options: LocalStackOptions): Promise<LocalStack> {
  const { log, signal } = options;
  const parts: Part[] = [];
  const stop = () => stopInReverse(parts, log);
  const keep = <T extends Part>(part: T): T => {
    parts.push(part);
    signal.throwIfAborted();
    return part;
  };
  installRuntime(log);
  try {
    const { temporal, webUi, ended: serverEnded } = keep(await openTemporal(options));
    const { endpoint, region } = keep(await openAws(options));
    const connection = await connectWorker(temporal);
    keep({ stop: () => connection.close() });
    const worker = keep(await openWorker(connection, temporal, region, options));
    const failed = Promise.race([
      serverEnded.then(() => endedByItself('Temporal server')),
      worker.ended.then(() => endedByItself('worker')),
    ]);
    // Whether it ever matters is for whoever awaits it to say.
    failed.catch(() => undefined);
    return { temporal, webUi, endpoint, region, failed, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function openTemporal({ temporal, log }: LocalStackOptions) {
  if ('own' in temporal) {
    const { own } = temporal;
    return { temporal: own, webUi: await webUiOf(own), ended: new Promise<void>(() => {}), stop: async () => {} };
  }
  const server = await startLocalServer({ ...temporal, log });
  const source = 'the local server';
  const settings = {
    address: { value: server.address, source },
    namespace: { value: temporal.namespace, source },
    options: {},
  };
  return { temporal: settings, webUi: server.uiUrl, ended: server.ended, stop: () => server.stop() };
}

async function openAws({ aws, log }: LocalStackOptions) {
  if ('own' in aws) {
    const region = useOwnAws(process.env, aws.own);
    return { endpoint: aws.own.endpoint, region, stop: async () => {} };
  }
  const simulator = await startSimulatedAws({ ...aws, log });
  const region = useSimulator(process.env, simulator.endpoint);
  return { endpoint: simulator.endpoint, region, stop: () => simulator.close() };
}

async function openWorker(
  connection: NativeConnection,
  temporal: TemporalSettings,
  region: string,
  { settings, log }: LocalStackOptions,
) {
  const namespace = temporal.namespace.value;
  await ensureSearchAttributes(connection, namespace);
  const worker = await startWorker({ connection, namespace, region, settings, log });
  return { ended: worker.ended, stop: () => worker.shutdown() };
}

function endedByItself(part: string): never {
  throw new Error(`The local ${part} ended by itself.`);
}

/** A part that cannot be stopped must not keep the others running. */
async function stopInReverse(parts: Part[], log: Logger): Promise<void> {
  for (let part = parts.pop(); part; part = parts.pop()) {
    await part.stop().catch((error: unknown) => log.error({ err: error }, 'A part did not stop cleanly'));
  }
}
