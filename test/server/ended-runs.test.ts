import { EventEmitter, once } from 'node:events';
import type { Client } from '@temporalio/client';
import { expect, test } from 'vitest';
import type { NightscoreClient } from '../../src/client/nightscore-client.ts';
import type { RunReport } from '../../src/pipeline/report.ts';
import { EndedRuns } from '../../src/server/ended-runs.ts';

const RUN = 'churn/2026-11-20';

function report(outcome: 'failed' | 'succeeded'): RunReport {
  return { version: 1, run: { id: RUN } as RunReport['run'], steps: {}, outcome };
}

test('whoever begins to wait while the end of a run is looked at may mean its replay, and waits for that', async () => {
  const steps = new EventEmitter();
  const begun = once(steps, 'begun');
  let isReplayed = false;
  const nightscore = {
    listPage: () => Promise.resolve({ runs: [] }),
    standing: () => Promise.resolve({ status: 'failed', runId: '1' }),
    get: async () => {
      if (isReplayed) return report('succeeded');
      setImmediate(() => steps.emit('begun'));
      await once(steps, 'read');
      return report('failed');
    },
  } as unknown as NightscoreClient;
  const temporal = { withDeadline: (_: number, use: () => unknown) => use() } as unknown as Client;
  const ended = new EndedRuns({ temporal, nightscore, log: { warn: () => {} }, intervalMs: 5 });
  const options = { timeoutMs: 10_000, signal: new AbortController().signal };
  const before = ended.wait(RUN, options);
  await begun;
  const after = ended.wait(RUN, options);
  isReplayed = true;
  steps.emit('read');
  expect((await before)?.outcome).toBe('failed');
  expect((await after)?.outcome).toBe('succeeded');
  await ended.close();
});
