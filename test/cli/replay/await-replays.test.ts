import { describe, expect, it } from 'vitest';
import { untilEnded } from '../../../src/cli/replay/await-replays.ts';
import type { Replayed } from '../../../src/cli/view/replays-lines.ts';
import type { NightscoreClient } from '../../../src/client/nightscore-client.ts';
import type { RunStatus } from '../../../src/client/run-summary.ts';

/** Replays, by their Temporal run ids, that stand so, one look after another. */
function clientOf(looks: Record<string, RunStatus[]>): NightscoreClient {
  const standing = (_run: string, runId = 'that of a later replay') => {
    const status = looks[runId]?.shift();
    return Promise.resolve(status && { status });
  };
  return { standing } as unknown as NightscoreClient;
}

describe('waiting for replays', () => {
  it('looks at those of before the interruption too, but not at what has ended or was never started', async () => {
    const results: Replayed[] = [
      { run: 'a/1', runId: '1', isEarlier: true },
      { run: 'b/1', runId: '2' },
      { run: 'c/1', runId: '3', isEarlier: true, outcome: 'failed' },
      { run: 'd/1', problem: 'there is nothing to replay' },
      { run: 'e/1', runId: '5' },
    ];
    const told: string[] = [];
    await untilEnded(results, {
      client: clientOf({ 1: ['running', 'succeeded'], 2: ['terminated'] }),
      signal: new AbortController().signal,
      tell: (run, what) => told.push(`${run} ${what}`),
    });
    expect(results.map(({ outcome }) => outcome)).toEqual(['succeeded', 'terminated', 'failed', undefined, 'unknown']);
    expect(told).toEqual(['b/1 terminated', 'e/1 unknown', 'a/1 succeeded']);
  });
});
