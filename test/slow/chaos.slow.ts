import { expect, it } from 'vitest';
import { runChaos } from '../chaos/run-chaos.ts';

it('sixteen runs under kills, cuts and faults are told as they truly ended', async () => {
  const { violations, events } = await runChaos({ seed: 16, runs: 16, deadlineMs: 120_000 });
  expect(violations).toEqual([]);
  expect(events).toMatchObject({ temporalKills: 2 });
});
