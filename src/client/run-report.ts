import type { Client, WorkflowExecutionInfo } from '@temporalio/client';
import { RUN_REPORT_VERSION, type RunReport } from '../pipeline/report.ts';
import { isRunKey, parseRunKey } from '../pipeline/run-key.ts';
import { queryProblem } from '../temporal/query-problem.ts';
import type { RunPipelineInput } from '../workflows/run-pipeline.ts';
import { readRunInput } from './run-input.ts';
import { statusOf, type RunStatus } from './run-summary.ts';

/** What both a description and a list say of a run. */
type RunInfo = Omit<WorkflowExecutionInfo, 'raw'>;

/** How long a query may wait for a worker, in milliseconds. */
const QUERY_TIMEOUT_MS = 5_000;

const ENDED_FROM_OUTSIDE = 'Temporal ended the run from outside; jobs that it had started may still run';

/** What a run that left no report has to be told of. */
const WITHOUT_REPORT: Partial<Record<RunStatus, string>> = {
  terminated: `${ENDED_FROM_OUTSIDE} (terminated)`,
  'timed-out': `${ENDED_FROM_OUTSIDE} (timed out)`,
  failed: 'The run failed before it began: see its failure in Temporal',
};

/** What a run says of itself: the report that it left, or else the one that its worker knows. It lacks the progress of jobs that run. */
export async function readRunReport(client: Client, info: RunInfo): Promise<RunReport> {
  const memo = info.memo?.['report'] as RunReport | undefined;
  if (memo) return memo;
  const known = await query(client, info);
  const status = statusOf(info);
  if (status === 'running') return known;
  const endedAt = info.closeTime?.toISOString();
  return {
    ...known,
    run: { ...known.run, ...(endedAt !== undefined && { endedAt }) },
    outcome: status === 'succeeded' || status === 'cancelled' ? status : 'failed',
    error: WITHOUT_REPORT[status] ?? `The run ${status} without a report: see its history in Temporal`,
  };
}

/** The report from the workflow itself, or what little Temporal knows of the run when no worker answers. */
async function query(client: Client, { workflowId: run, runId, startTime, taskQueue }: RunInfo): Promise<RunReport> {
  const handle = client.workflow.getHandle(run, runId);
  try {
    return await client.withDeadline(Date.now() + QUERY_TIMEOUT_MS, () => handle.query<RunReport>('report'));
  } catch (error) {
    const { trigger = 'unknown' } = await readRunInput(client, run, runId).catch((): Partial<RunPipelineInput> => ({}));
    return {
      version: RUN_REPORT_VERSION,
      run: { id: run, ...partsOf(run), trigger, startedAt: startTime.toISOString() },
      error: `No worker could say more about this run (${queryProblem(error)}). Is one running on its task queue, ${taskQueue}?`,
      steps: {},
    };
  }
}

/** A workflow of the type may have another id; then it has refused to run. */
function partsOf(run: string): { pipeline: string; key: string } {
  return isRunKey(run) ? parseRunKey(run) : { pipeline: run, key: '' };
}
