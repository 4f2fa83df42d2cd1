import {
  ApplicationFailure,
  CancelledFailure,
  cancellationDetails,
  cancellationSignal,
  Context,
} from '@temporalio/activity';
import { ApplicationFailureCategory } from '@temporalio/common';
import type { JobHeartbeat } from '../pipeline/heartbeat.ts';
import type { JobObservation, JobRef } from '../pipeline/job.ts';
import type { WatchEnd } from '../watch/watcher.ts';
import type { ActivityContext } from './context.ts';

export interface AwaitJobInput {
  ref: JobRef;
  step: string;
  attempt: number;
  /** ISO 8601. */
  submittedAt: string;
}

export interface AwaitJobResult {
  /** The last that the service said of the job. */
  observation?: JobObservation;
  /** The service denies knowing the job, again and again. */
  lost: boolean;
  /** When the worker knew; ISO 8601. */
  noticedAt: string;
}

/** Temporal drops what it need not send, so this is only often enough. */
const HEARTBEATS_PER_TIMEOUT = 4;

/**
 * Holds until the job has ended, however long that takes. A worker that shuts down hands the wait over to another one;
 * the job itself is never touched.
 */
export async function awaitJob(context: ActivityContext, input: AwaitJobInput): Promise<AwaitJobResult> {
  const { ref, step, attempt, submittedAt } = input;
  // The watcher calls back from the context of whichever activity woke it, so the heartbeat must be bound to this one.
  const activity = Context.current();
  const { heartbeatDetails, heartbeatTimeoutMs = 60_000 } = activity.info;
  let last = heartbeatOf(heartbeatDetails);
  const beat = () => activity.heartbeat(last && ({ step, attempt, observation: last } satisfies JobHeartbeat));
  const pulse = setInterval(beat, heartbeatTimeoutMs / HEARTBEATS_PER_TIMEOUT);
  try {
    const end = await context.watchers(ref).watch(ref, {
      submittedAt: new Date(submittedAt),
      signal: cancellationSignal(),
      onObservation(observation) {
        last = observation;
        beat();
      },
    });
    return result(end, last);
  } catch (error) {
    throw cancellationSignal().aborted ? farewell() : error;
  } finally {
    clearInterval(pulse);
  }
}

function result(end: WatchEnd, last: JobObservation | undefined): AwaitJobResult {
  const observation = end.found ? end.observation : last;
  return { lost: !end.found, noticedAt: new Date().toISOString(), ...(observation && { observation }) };
}

/** What another worker saw before it handed over. */
function heartbeatOf(details: unknown): JobObservation | undefined {
  const beat = details as JobHeartbeat | undefined;
  return beat?.observation;
}

/** Only a cancel that somebody asked for ends the wait; after anything else the server gives it to the next worker. */
function farewell(): Error {
  if (cancellationDetails()?.cancelRequested) return new CancelledFailure('The wait for the job was cancelled');
  return ApplicationFailure.create({
    type: 'HandedOver',
    message: 'The worker that waited for the job went away; another one goes on',
    category: ApplicationFailureCategory.BENIGN,
    nextRetryDelay: 1,
  });
}
