import { describe, expect, it } from 'vitest';
import { INSPECTED_AT_MOST, previewAll } from '../../../src/cli/replay/previews.ts';
import type { Replays } from '../../../src/cli/replay/replay-many.ts';
import { NoWorkerError } from '../../../src/client/errors.ts';
import type { ReadyReplay, ReplayOptions } from '../../../src/client/replay.ts';
import type { RunSummary } from '../../../src/client/run-summary.ts';

const BATCH = 'this-batch';

function summary(id: string, more: Partial<RunSummary> = {}): RunSummary {
  const [pipeline = '', key = ''] = id.split('/');
  return { id, runId: `run of ${id}`, pipeline, key, status: 'failed', startedAt: '2026-11-20T02:00:00.000Z', ...more };
}

function runs(count: number, name: string): RunSummary[] {
  return Array.from({ length: count }, (_, index) => summary(`${name}-${index}/1`));
}

/** A command whose client plans to pay once more for each run, and finds no worker for those of which the name begins with `lonely`. */
function replays(asked: (ReplayOptions & { inspect?: boolean })[] = []): Replays {
  const prepareReplay = async (options: ReplayOptions & { inspect?: boolean }): Promise<Partial<ReadyReplay>> => {
    asked.push(options);
    if (options.run.startsWith('lonely')) throw new NoWorkerError(`no worker for ${options.run}`);
    const steps = [{ step: 'score', uses: 's3/copy', action: 'pay again', why: 'it failed' } as const];
    const facts = { paysAgain: 1, isNothingToDo: false, warnings: ['its results are gone'] };
    const plan = { run: options.run, of: '', steps: [...steps], ...facts };
    return Promise.resolve({ plan, definition: { name: 'no-file-of-it', steps: {} } });
  };
  return {
    client: { prepareReplay },
    batch: { id: BATCH },
    definitions: { of: () => Promise.resolve({}), hasOtherFile: () => Promise.resolve(false) },
    signal: new AbortController().signal,
  } as unknown as Replays;
}

describe('the preview of many replays', () => {
  it('tells what each will do, with its warnings, and which runs cannot be looked at', async () => {
    const previews = await previewAll(
      [summary('lonely/1'), summary('churn/1'), summary('fraud/1', { batch: BATCH })],
      replays(),
    );
    expect(previews).toMatchObject([
      { run: 'lonely/1', problem: 'no worker for lonely/1', isUnreadable: true },
      { run: 'churn/1', paysAgain: 1, actions: { 'pay again': 1 }, warnings: ['its results are gone'] },
      { run: 'fraud/1', problem: 'replayed already by this command', isReplayed: true },
    ]);
    expect(previews[1]).not.toHaveProperty('problem');
  });

  it('gives up when no run at all can be looked at, and soon when no worker answers', async () => {
    await expect(previewAll([summary('lonely/1')], replays())).rejects.toThrow(NoWorkerError);
    const asked: ReplayOptions[] = [];
    await expect(previewAll(runs(200, 'lonely'), replays(asked))).rejects.toThrow(NoWorkerError);
    expect(asked.length).toBeLessThan(50);
  });

  it.each([
    { count: INSPECTED_AT_MOST, inspect: true },
    { count: INSPECTED_AT_MOST + 1, inspect: false },
  ])('lets a worker look at the result files of $count runs: $inspect', async ({ count, inspect }) => {
    const asked: { inspect?: boolean }[] = [];
    await previewAll(runs(count, 'churn'), replays(asked as ReplayOptions[]));
    expect(new Set(asked.map((one) => one.inspect))).toEqual(new Set([inspect]));
  });
});
