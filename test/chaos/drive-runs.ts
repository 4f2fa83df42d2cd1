import { setTimeout as delay } from 'node:timers/promises';
import pMap from 'p-map';
import type { NightscoreClient } from '../../src/client/nightscore-client.ts';
import type { PlannedRun } from './plan.ts';

/** Runs between their start and their end at one time. */
const OPEN_AT_ONCE = 16;
const LOOK_MS = 1_000;

/** Ends a run in Temporal, without a word to it; one that has ended stays as it is. */
export type Terminate = (run: string) => Promise<void>;

/**
 * Starts every run, some at a time, cancels and terminates those that are to be, and replays those that are to be replayed. Returns when all have ended, or at the deadline; who looks
 * at the reports sees which have not.
 */
export async function driveRuns(
  client: NightscoreClient,
  runs: readonly PlannedRun[],
  terminate: Terminate,
  signal: AbortSignal,
) {
  const ended = new Set<string>();
  const looking = lookForEnds(client, runs.length, ended, signal);
  await pMap(runs, (run) => driveRun(client, run, terminate, ended, signal), { concurrency: OPEN_AT_ONCE });
  await looking;
}

async function driveRun(
  client: NightscoreClient,
  run: PlannedRun,
  terminate: Terminate,
  ended: ReadonlySet<string>,
  signal: AbortSignal,
) {
  const { id, pipeline, key, cancelAfterMs, terminateAfterMs, isReplayed } = run;
  await insist(() => client.start({ pipeline, key, trigger: 'chaos' }), signal);
  if (cancelAfterMs !== undefined) {
    await delay(cancelAfterMs);
    await insist(() => client.cancel(id), signal);
  }
  if (terminateAfterMs !== undefined) {
    await delay(terminateAfterMs);
    await insist(() => terminate(id), signal);
  }
  while (!ended.has(id) && !signal.aborted) await delay(LOOK_MS / 5);
  const report = await insist(() => client.get(id), signal);
  if (isReplayed && report?.outcome !== 'succeeded') await replay(client, id, signal);
}

async function replay(client: NightscoreClient, id: string, signal: AbortSignal): Promise<void> {
  await insist(async () => {
    const { run } = await client.get(id);
    // The answer to a start that took effect may have been cut off.
    if (run.replay === undefined) await client.replay({ run: id, trigger: 'chaos' });
  }, signal);
  while (!signal.aborted && (await insist(() => client.get(id), signal))?.outcome === undefined) await delay(LOOK_MS);
}

/** One listing tells of all runs. */
async function lookForEnds(client: NightscoreClient, count: number, ended: Set<string>, signal: AbortSignal) {
  while (ended.size < count && !signal.aborted) {
    await delay(LOOK_MS);
    await insist(async () => {
      for await (const { id, status } of client.list()) if (status !== 'running') ended.add(id);
    }, signal);
  }
}

/** Temporal may be down at any time: what is asked of it can be asked again, and is, until it answers. */
export async function insist<T>(ask: () => Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (signal.aborted) return undefined;
      if (error instanceof Error && error.name === 'InvalidInputError') throw error;
      await delay(LOOK_MS / 2);
    }
  }
}
