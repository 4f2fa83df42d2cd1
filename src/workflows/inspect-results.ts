import { workflowInfo } from '@temporalio/workflow';
import type { CopiedFiles, JobWithResults } from '../activities/inspect-results.ts';
import { activitiesOn } from './activities.ts';

/**
 * Looks, by a worker, whether the result files of jobs, and copied files, are still there: who plans a replay need not have access to AWS.
 * Gives what is amiss, by the id of each.
 */
export async function inspectResults(files: (JobWithResults | CopiedFiles)[]): Promise<Record<string, string>> {
  return activitiesOn(workflowInfo().taskQueue, 'result files').inspectResults(files);
}
