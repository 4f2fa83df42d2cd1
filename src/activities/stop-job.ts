import type { JobRef } from '../pipeline/job.ts';
import { ServiceError, type ErrorClass } from '../services/errors.ts';
import type { ActivityContext } from './context.ts';
import { toFailure } from './failures.ts';

/** Answers to a stop that mean that there is nothing to stop any more; reading the job tells what became of it. */
const NOTHING_TO_STOP: ReadonlySet<ErrorClass> = new Set(['invalid', 'duplicate', 'not-found']);

/** Asks the service to stop the job; returns before it has stopped. */
export async function stopJob(context: ActivityContext, ref: JobRef): Promise<void> {
  try {
    await context.clients(ref).client.stop?.(ref);
    context.log.info({ service: ref.service, job: ref.id }, 'Asked the service to stop the job');
  } catch (error) {
    if (error instanceof ServiceError && NOTHING_TO_STOP.has(error.class)) return;
    throw toFailure(error);
  }
}
