import { expect, test } from 'vitest';
import { SharedReads } from '../../src/server/shared-reads.ts';

/** Reads that are answered one by one, with the number of the read. */
function countedReads() {
  const answers: ((answer: number | Promise<number>) => void)[] = [];
  const reads = new SharedReads<number>(() => new Promise((resolve) => answers.push(resolve)));
  const begun = async (count: number) => {
    await expect.poll(() => answers.length, { timeout: 10_000 }).toBe(count);
  };
  return { reads, answers, begun };
}

test('those who ask at the same time share one answer, which was read after all of them had asked', async () => {
  const { reads, answers, begun } = countedReads();
  const first = Array.from({ length: 1_000 }, () => reads.get('a'));
  await begun(1);
  // The first read may not see what has changed since.
  const later = reads.get('a');
  await begun(2);
  answers[1]!(2);
  expect(await later).toBe(2);
  answers[0]!(1);
  expect(await Promise.all(first)).toEqual(first.map(() => 1));
});

test('a read that fails fails for those who asked for it, and no other', async () => {
  const { reads, answers, begun } = countedReads();
  const first = reads.get('a');
  const other = reads.get('b');
  await begun(2);
  answers[0]!(Promise.reject(new Error('not there')));
  await expect(first).rejects.toThrow('not there');
  answers[1]!(2);
  expect(await other).toBe(2);
  const again = reads.get('a');
  await begun(3);
  answers[2]!(3);
  expect(await again).toBe(3);
});
