import { activityInfo, ApplicationFailure } from '@temporalio/activity';
import { ApplicationFailureCategory } from '@temporalio/common';
import { isTerminal } from '../pipeline/job-state.ts';
import type { JobRef } from '../pipeline/job.ts';
import { ServiceError, type ErrorClass } from '../services/errors.ts';
import { findJob } from '../services/find-job.ts';
import type { ActivityContext } from './context.ts';
import { LEAST_TRIES, SETTLE_PATIENCE_MS, toFailure } from './failures.ts';

/** Which job to end, and how: by stopping it, or by deleting it where its service can only do that. */
export type StopJobInput = JobRef & { by?: 'stop' | 'delete' };

/** Answers to a stop that mean that there is nothing to stop, now or any more; reading the job tells. */
const NOTHING_TO_STOP: ReadonlySet<ErrorClass> = new Set(['invalid', 'duplicate', 'not-found']);

const ASK_AGAIN_MS = 2_000;
const LONGEST_PAUSE_MS = 30_000;

/** Asks the service to end the job, again until the job is seen to be stopping or to have ended. Returns before it has stopped. */
export async function stopJob(context: ActivityContext, { by = 'stop', ...ref }: StopJobInput): Promise<void> {
  const { client } = context.clients(ref);
  const { scheduledTimestampMs } = activityInfo();
  try {
    await client[by]?.(ref).catch((error: unknown) => {
      if (!(error instanceof ServiceError && NOTHING_TO_STOP.has(error.class))) throw error;
    });
    context.log.info({ service: ref.service, job: ref.id }, `Asked the service to ${by} the job`);
    const seen = await findJob(client, ref);
    // Whoever awaits the job tells a service that does not know it yet from one that never will.
    if (!seen && Date.now() - scheduledTimestampMs >= context.notFoundGraceMs) return;
    const state = seen?.observation.state;
    if (state !== undefined && (state === 'stopping' || isTerminal(state))) return;
  } catch (error) {
    throw toFailure(error, { patienceMs: SETTLE_PATIENCE_MS });
  }
  throw notYetStopping(ref);
}

/** A job so fresh that its service does not know it cannot be stopped yet; one whose stop was lost has to be asked again. */
function notYetStopping(ref: JobRef): ApplicationFailure {
  const { attempt, scheduledTimestampMs } = activityInfo();
  return ApplicationFailure.create({
    type: 'NotYetStopping',
    message: `${ref.service} was asked to end job ${ref.id}, which still runs`,
    category: ApplicationFailureCategory.BENIGN,
    nextRetryDelay: Math.min(LONGEST_PAUSE_MS, ASK_AGAIN_MS * attempt),
    nonRetryable: attempt >= LEAST_TRIES && Date.now() - scheduledTimestampMs >= SETTLE_PATIENCE_MS,
  });
}
