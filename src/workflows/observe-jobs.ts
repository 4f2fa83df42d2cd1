import { sleep, workflowInfo } from '@temporalio/workflow';
import type { JobObservation, JobRef } from '../pipeline/job.ts';
import { activitiesOn } from './activities.ts';

/** Whoever asks waits for 20 seconds. */
const LOOKS_LIMIT_MS = 12_000;

/** More at once would be throttled, and wait for each other then. */
const LOOKS_AT_ONCE = 10;

/**
 * Looks, by a worker, how jobs stand: who plans a replay need not have access to AWS. Gives what their services say, by the job's id; jobs that
 * could not be seen, or not in time, are left out.
 */
export async function observeJobs(jobs: JobRef[]): Promise<Record<string, JobObservation>> {
  const { readJob } = activitiesOn(workflowInfo().taskQueue, 'jobs of an earlier run');
  const seen: Record<string, JobObservation> = {};
  const open = [...jobs];
  const lookOn = async () => {
    for (let job = open.shift(); job; job = open.shift()) {
      const observation = await readJob(job).catch(() => null);
      if (observation) seen[job.id] = observation;
    }
  };
  const looks = Array.from({ length: LOOKS_AT_ONCE }, lookOn);
  // Not by a cancel, which would wait for a look that hangs.
  await Promise.race([Promise.all(looks), sleep(LOOKS_LIMIT_MS)]);
  return seen;
}
