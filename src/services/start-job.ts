import type { Difference, JobRef } from '../pipeline/job.ts';
import { ServiceError } from './errors.ts';
import type { BatchService, JobClient, SeenJob } from './service.ts';

export interface StartedJob {
  ref: JobRef;
  /** Whether the job existed already. */
  adopted: boolean;
  /** ISO 8601. */
  submittedAt: string;
}

/** There is a job under our id that is not the job we were asked for. */
export class JobMismatchError extends Error {
  override readonly name = 'JobMismatchError';

  constructor(ref: JobRef, differences: Difference[]) {
    const list = differences.map(({ member, asked, found }) => `${member} is ${found}, asked for ${asked}`).join('; ');
    super(`${ref.service} has another job under the id ${ref.id}: ${list}. Nothing was started; use another run key.`);
  }
}

/**
 * Starts the job, or takes over the one that exists under its id. However often this is called, and whatever becomes of
 * the answers, there is one job. Throws a ServiceError when the service did not start it, a JobMismatchError when the id
 * is taken by another job.
 */
export async function startOrAdopt<Request>(
  service: BatchService<Request>,
  client: JobClient<Request>,
  located: JobRef,
  request: Request,
): Promise<StartedJob> {
  const before = await find(client, located);
  if (before) return adopt(service, request, before);
  try {
    const ref = await client.create(located, request);
    return { ref, adopted: false, submittedAt: new Date().toISOString() };
  } catch (error) {
    // A lost, throttled or unreadable answer, and even a refusal, may stand for a create that took effect.
    const after = await find(client, located);
    if (after) return adopt(service, request, after);
    throw error;
  }
}

/** The job, or nothing when the service does not know it. */
export async function find<Request>(client: JobClient<Request>, ref: JobRef): Promise<SeenJob<Request> | undefined> {
  try {
    return await client.get(ref);
  } catch (error) {
    if (error instanceof ServiceError && error.class === 'not-found') return undefined;
    throw error;
  }
}

function adopt<Request>(service: BatchService<Request>, request: Request, seen: SeenJob<Request>): StartedJob {
  const { ref, createdAt, observedAt } = seen.observation;
  const differences = service.differences(request, seen);
  if (differences.length > 0) throw new JobMismatchError(ref, differences);
  return { ref, adopted: true, submittedAt: createdAt ?? observedAt };
}
