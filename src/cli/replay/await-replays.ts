import { setTimeout as delay } from 'node:timers/promises';
import pMap from 'p-map';
import type { Replayed } from '../view/replays-lines.ts';
import type { Replays } from './replay-many.ts';

const LOOK_INTERVAL_MS = 1_000;
const LOOKS_AT_ONCE = 8;

/** Waits until every replay has ended, and notes and tells how. Rejects when the signal aborts first. */
export async function untilEnded(
  results: readonly Replayed[],
  { client, signal, tell }: Pick<Replays, 'client' | 'signal' | 'tell'>,
): Promise<void> {
  const look = async (result: Replayed) => {
    signal.throwIfAborted();
    const standing = await client.standing(result.run, result.runId);
    if (standing?.status === 'running') return;
    // Temporal forgets runs after the retention time of its namespace.
    result.outcome = standing?.status ?? 'unknown';
    tell(result.run, result.outcome);
  };
  for (;;) {
    const open = results.filter(({ runId, outcome }) => runId !== undefined && outcome === undefined);
    if (open.length === 0) return;
    await pMap(open, look, { concurrency: LOOKS_AT_ONCE });
    await delay(LOOK_INTERVAL_MS, undefined, { signal });
  }
}
