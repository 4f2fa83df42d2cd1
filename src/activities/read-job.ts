import type { JobObservation, JobRef } from '../pipeline/job.ts';
import { findJob } from '../services/find-job.ts';
import type { ActivityContext } from './context.ts';
import { SETTLE_PATIENCE_MS, toFailure } from './failures.ts';

/** Reads the job once; nothing when the service does not know it. */
export async function readJob(context: ActivityContext, ref: JobRef): Promise<JobObservation | null> {
  try {
    const seen = await findJob(context.clients(ref).client, ref);
    return seen?.observation ?? null;
  } catch (error) {
    throw toFailure(error, { patienceMs: SETTLE_PATIENCE_MS });
  }
}
