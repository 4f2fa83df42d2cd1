import { expect, it } from 'vitest';
import { runChaos } from './run-chaos.ts';

it('a few runs under kills, cuts and faults are told as they truly ended', { timeout: 90_000 }, async () => {
  const { violations, events } = await runChaos({ seed: 1, runs: 4, deadlineMs: 60_000 });
  expect(violations).toEqual([]);
  expect(events.workerKills).toBeGreaterThan(0);
});
