import { describe, expect, it } from 'vitest';
import { historyLines } from '../../../src/cli/view/history-lines.ts';
import type { RunOfHistory } from '../../../src/client/run-history.ts';
import { paintNothing } from '../../../src/cli/view/paint.ts';

describe('the runs under a key', () => {
  it('tell the jobs that a replay took over from those that it submitted', () => {
    const replay: RunOfHistory = {
      runId: 'r-2',
      status: 'succeeded',
      startedAt: '2026-11-20T02:00:00.000Z',
      trigger: 'cli (anna)',
      replay: { of: 'r-1' },
      reused: [],
      jobs: ['job-1', 'job-2'],
      adopted: ['job-1'],
    };
    const lines = historyLines([replay], paintNothing);
    expect(lines.at(-1)).toMatch(/^ {2}jobs +job-1 \(adopted\), job-2$/);
  });
});
