import { workflowInfo } from '@temporalio/workflow';
import type { JobObservation, JobRef } from '../pipeline/job.ts';
import { activitiesOn } from './activities.ts';

/**
 * Looks, by a worker, how jobs stand: who plans a replay need not have access to AWS. Gives what their services say, by the job's id; jobs that
 * could not be seen are left out.
 */
export async function observeJobs(jobs: JobRef[]): Promise<Record<string, JobObservation>> {
  const { readJob } = activitiesOn(workflowInfo().taskQueue, 'jobs of an earlier run');
  const looks = await Promise.allSettled(jobs.map(async (job) => [job.id, await readJob(job)] as const));
  const seen = looks.flatMap((look) => (look.status === 'fulfilled' && look.value[1] ? [look.value] : []));
  return Object.fromEntries(seen) as Record<string, JobObservation>;
}
