import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openBatch } from '../../../src/cli/replay/batch.ts';

const COMMAND = { where: 'outcome=failed', definition: 'same' } as const;

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nightscore-batch-'));
  vi.stubEnv('NIGHTSCORE_CACHE', folder);
  vi.stubEnv('TEMPORAL_ADDRESS', '127.0.0.1:1');
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

describe('a batch', () => {
  it('goes on with one that did not end, and knows when that began and all that it may have replayed', async () => {
    const first = await openBatch(COMMAND);
    expect(first.interrupted).toBeUndefined();
    await first.begin(['a/1', 'b/1']);
    const second = await openBatch(COMMAND);
    expect(second.id).toBe(first.id);
    expect(second.interrupted?.runs).toEqual(['a/1', 'b/1']);
    expect(Date.parse(second.interrupted?.beganAt ?? '')).toBeLessThanOrEqual(Date.now());
    await second.begin(['b/1', 'c/1']);
    const third = await openBatch(COMMAND);
    expect(third.interrupted?.runs).toEqual(['a/1', 'b/1', 'c/1']);
    expect(third.interrupted?.beganAt).toBe(second.interrupted?.beganAt);
    await third.end();
    expect(await openBatch(COMMAND)).not.toHaveProperty('interrupted');
  });

  it.each([
    { ...COMMAND, where: 'outcome=cancelled' },
    { ...COMMAND, definition: 'new' as const },
    { ...COMMAND, param: ['bucket=acme'] },
  ])('is another one for %j', async (other) => {
    const batch = await openBatch(COMMAND);
    await batch.begin(['a/1']);
    expect(await openBatch(other)).not.toHaveProperty('interrupted');
    await batch.end();
  });
});
