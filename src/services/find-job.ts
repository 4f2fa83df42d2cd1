import type { JobRef } from '../pipeline/job.ts';
import { ServiceError } from './errors.ts';
import type { JobClient, SeenJob } from './service.ts';

/** The job, or nothing when the service does not know it. Throws a ServiceError when it cannot be told. */
export async function findJob<Request>(client: JobClient<Request>, ref: JobRef): Promise<SeenJob<Request> | undefined> {
  try {
    return await client.get(ref);
  } catch (error) {
    if (error instanceof ServiceError && error.class === 'not-found') return undefined;
    throw error;
  }
}
