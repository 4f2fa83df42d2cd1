import { setTimeout as delay } from 'node:timers/promises';
import type { CuttingProxy } from './cutting-proxy.ts';
import type { ChaosEvent } from './plan.ts';
import type { TemporalProcess } from './temporal-process.ts';
import type { WorkerProcess } from './worker-process.ts';

export interface Struck {
  temporal: TemporalProcess;
  workers: readonly WorkerProcess[];
  proxy: CuttingProxy;
}

/** What was done until the runs ended. */
export interface EventCounts {
  workerKills: number;
  temporalKills: number;
  cuts: number;
  connectionsCut: number;
}

/** Does every event at its time, until the signal says that the runs have ended. */
export async function runEvents(
  events: readonly ChaosEvent[],
  { temporal, workers, proxy }: Struck,
  signal: AbortSignal,
): Promise<EventCounts> {
  const counts = { workerKills: 0, temporalKills: 0, cuts: 0, connectionsCut: 0 };
  const startedAt = Date.now();
  for (const event of events) {
    await delay(startedAt + event.atMs - Date.now(), undefined, { signal }).catch(() => undefined);
    if (signal.aborted) break;
    if (event.kind === 'kill-worker') {
      counts.workerKills += 1;
      await workers[event.worker]?.kill();
      workers[event.worker]?.start();
    } else if (event.kind === 'kill-temporal') {
      counts.temporalKills += 1;
      await temporal.killAndRestart();
    } else {
      counts.cuts += 1;
      counts.connectionsCut += proxy.cut();
    }
  }
  return counts;
}
