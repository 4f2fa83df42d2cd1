import type { Logger } from 'pino';
import type { Settings } from '../../settings.ts';
import { startSimulator } from '../../simulator/simulator.ts';
import type { TemporalSettings } from '../../temporal/connection-settings.ts';
import { startLocalServer } from '../../temporal/local-server.ts';
import { connectWorker } from '../../temporal/worker-connection.ts';
import { installRuntime, startWorker } from '../../worker.ts';
import { LOCAL_REGION, useSimulatorOnly } from './environment.ts';

export interface LocalStackOptions {
  /** File of Temporal's data; port 0 is any free port. */
  temporal: { dataFile: string; port: number; uiPort: number };
  simulator: { folder: string; port: number; speed: number };
  settings: Settings;
  log: Logger;
  /** Ends the start between its parts; what has been started is stopped again. */
  signal: AbortSignal;
}

export interface LocalStack {
  temporal: TemporalSettings;
  /** Address of Temporal's web UI. */
  webUi: string;
  /** Address of the simulator. */
  endpoint: string;
  /** Rejects, with what happened, when a part ends by itself. */
  failed: Promise<never>;
  /** Stops the worker, then the simulator, then Temporal. What was running goes on when they are started with the same data again. */
  stop(): Promise<void>;
}

/**
 * Starts a Temporal server, the simulator and a worker in this process and on this machine only. From then on every AWS client of the
 * process calls the simulator, and none can reach a real account.
 */
export async function startLocalStack({
  temporal,
  simulator,
  settings,
  log,
  signal,
}: LocalStackOptions): Promise<LocalStack> {
  const stops: (() => Promise<void>)[] = [];
  const stop = () => stopInReverse(stops, log);
  try {
    const server = await startLocalServer({ ...temporal, log });
    stops.push(() => server.stop());
    signal.throwIfAborted();

    const simulated = await startSimulator({ ...simulator, log });
    stops.push(() => simulated.close());
    useSimulatorOnly(process.env, simulated.endpoint);
    signal.throwIfAborted();

    const connectTo = localTemporal(server.address);
    installRuntime(log);
    const connection = await connectWorker(connectTo);
    stops.push(() => connection.close());
    const worker = await startWorker({
      connection,
      namespace: connectTo.namespace.value,
      region: LOCAL_REGION,
      settings,
      log,
    });
    stops.push(() => worker.shutdown());
    signal.throwIfAborted();

    const failed = Promise.race([
      server.ended.then(() => endedByItself('Temporal server')),
      worker.ended.then(() => endedByItself('worker')),
    ]);
    // Whether it ever matters is for whoever awaits it to say.
    failed.catch(() => undefined);
    return { temporal: connectTo, webUi: server.uiUrl ?? '', endpoint: simulated.endpoint, failed, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The local server needs no keys: whatever the environment or a profile holds is for others. */
function localTemporal(address: string): TemporalSettings {
  const source = 'the local server';
  return { address: { value: address, source }, namespace: { value: 'default', source }, options: {} };
}

function endedByItself(part: string): never {
  throw new Error(`The local ${part} ended by itself.`);
}

/** A part that cannot be stopped must not keep the others running. */
async function stopInReverse(stops: (() => Promise<void>)[], log: Logger): Promise<void> {
  for (let stop = stops.pop(); stop; stop = stops.pop()) {
    await stop().catch((error: unknown) => log.error({ err: error }, 'A part of the local stack did not stop cleanly'));
  }
}
