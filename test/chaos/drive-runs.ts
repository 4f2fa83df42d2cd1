import { setTimeout as delay } from 'node:timers/promises';
import pMap from 'p-map';
import type { NightscoreClient } from '../../src/client/nightscore-client.ts';
import type { PlannedRun } from './plan.ts';

/** Runs between their start and their end at one time. */
const OPEN_AT_ONCE = 16;
const LOOK_MS = 1_000;

/**
 * Starts every run, some at a time, and cancels those that are to be cancelled. Returns when all have ended, or at the deadline; who looks
 * at the reports sees which have not.
 */
export async function driveRuns(client: NightscoreClient, runs: readonly PlannedRun[], signal: AbortSignal) {
  const ended = new Set<string>();
  const looking = lookForEnds(client, runs.length, ended, signal);
  await pMap(runs, (run) => driveRun(client, run, ended, signal), { concurrency: OPEN_AT_ONCE });
  await looking;
}

async function driveRun(client: NightscoreClient, run: PlannedRun, ended: ReadonlySet<string>, signal: AbortSignal) {
  const { id, pipeline, key, cancelAfterMs } = run;
  await insist(() => client.start({ pipeline, key, trigger: 'chaos' }), signal);
  if (cancelAfterMs !== undefined) {
    await delay(cancelAfterMs);
    await insist(() => client.cancel(id), signal);
  }
  while (!ended.has(id) && !signal.aborted) await delay(LOOK_MS / 5);
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
