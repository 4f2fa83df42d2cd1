import { workflowInfo } from '@temporalio/workflow';
import type { JobWithResults } from '../activities/inspect-results.ts';
import { activitiesOn } from './activities.ts';

/**
 * Looks, by a worker, whether the result files of jobs are still there: who plans a replay need not have access to AWS. Gives what is
 * amiss, by the job's id.
 */
export async function inspectResults(jobs: JobWithResults[]): Promise<Record<string, string>> {
  return activitiesOn(workflowInfo().taskQueue, 'result files').inspectResults(jobs);
}
