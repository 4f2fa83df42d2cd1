import type { Client } from '@temporalio/client';
import { chunksOf } from '../chunks.ts';
import { RUNS_PER_ANSWER, RUNS_PER_QUERY } from './page-size.ts';
import { anyOf, quote } from './visibility-text.ts';

/**
 * Of each run key the Temporal run id of its latest run. A key has several when it was replayed, and Temporal's list holds all
 * of them; only the latest tells how the run stands.
 */
export async function latestRunIds(client: Client, runs: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const latest = new Map<string, { runId: string; startedAt: number }>();
  for (const keys of chunksOf([...new Set(runs)], RUNS_PER_QUERY)) {
    const query = anyOf(keys.map((run) => `WorkflowId = ${quote(run)}`));
    for await (const { workflowId, runId, startTime } of client.workflow.list({ query, pageSize: RUNS_PER_ANSWER })) {
      const before = latest.get(workflowId);
      const startedAt = startTime.getTime();
      if (!before || startedAt > before.startedAt) latest.set(workflowId, { runId, startedAt });
    }
  }
  return new Map([...latest].map(([run, { runId }]) => [run, runId]));
}
