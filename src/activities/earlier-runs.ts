import { activityInfo, getClient } from '@temporalio/activity';
import type { Logger } from 'pino';
import { durationOfJob } from '../pipeline/job-report.ts';
import type { RunReport } from '../pipeline/report.ts';
import { isRunKey, parseRunKey } from '../pipeline/run-key.ts';

/** A few runs tell how long a job usually takes; the latest know best. */
const RUNS_LOOKED_AT = 5;

/**
 * The longest time that the job of this step took in the latest runs of the pipeline that succeeded, in milliseconds; nothing when there is none, or
 * Temporal does not tell.
 */
export async function longestEarlierJobMs(step: string, log: Logger): Promise<number | undefined> {
  const { workflowExecution } = activityInfo();
  if (!workflowExecution || !isRunKey(workflowExecution.workflowId)) return undefined;
  const { pipeline } = parseRunKey(workflowExecution.workflowId);
  const durations: number[] = [];
  let looks = 0;
  try {
    const query = `WorkflowType = 'runPipeline' AND NightscorePipeline = '${pipeline}' AND ExecutionStatus = 'Completed'`;
    for await (const { memo } of getClient().workflow.list({ query, pageSize: RUNS_LOOKED_AT })) {
      const job = (memo?.['report'] as RunReport | undefined)?.steps[step]?.job;
      const durationMs = job && durationOfJob(job);
      if (durationMs !== undefined) durations.push(durationMs);
      looks += 1;
      if (looks >= RUNS_LOOKED_AT) break;
    }
  } catch (error) {
    log.warn({ err: error, pipeline, step }, 'Could not ask Temporal how long earlier jobs took');
  }
  return durations.length === 0 ? undefined : Math.max(...durations);
}
