import { activityInfo, cancellationSignal } from '@temporalio/activity';
import type { JobHeartbeat, Sight } from '../pipeline/heartbeat.ts';
import type { JobObservation, JobRef } from '../pipeline/job.ts';
import type { WatchEnd } from '../watch/watcher.ts';
import type { ActivityContext } from './context.ts';
import { longestEarlierJobMs } from './earlier-runs.ts';
import { farewell } from './farewell.ts';
import { Pulse } from './pulse.ts';

export interface AwaitJobInput {
  ref: JobRef;
  step: string;
  attempt: number;
  /** ISO 8601. */
  submittedAt: string;
  /** How long the job may show no progress, in milliseconds. */
  stallMs?: number;
  /** End the wait when the job is stalled. */
  endWhenStalled?: boolean;
}

export interface AwaitJobResult {
  /** The last that the service said of the job. */
  observation?: JobObservation;
  /** The service denies knowing the job, again and again. */
  lost: boolean;
  /** The job is stalled, and the wait was to end then. */
  stalled?: true;
  /** Why the wait was given up although the job may go on, for a person. */
  gaveUp?: string;
  /** When the worker knew; ISO 8601. */
  noticedAt: string;
}

/**
 * Holds until the job has ended, however long that takes. A worker that shuts down hands the wait over to another one;
 * the job itself is never touched.
 */
export async function awaitJob(context: ActivityContext, input: AwaitJobInput): Promise<AwaitJobResult> {
  const { ref, step, attempt, submittedAt, stallMs, endWhenStalled = false } = input;
  const { heartbeatDetails } = activityInfo();
  const beat = (sight: Sight): JobHeartbeat => ({ step, attempt, sight });
  const pulse = new Pulse(beat(sightOf(heartbeatDetails)));
  try {
    const quietUntil = stallMs === undefined ? undefined : await expectedEnd(context, input);
    const end = await context.watchers(ref).watcher.watch(ref, {
      submittedAt,
      sight: pulse.details.sight ?? {},
      stallMs,
      quietUntil,
      endWhenStalled,
      signal: cancellationSignal(),
      onSight: (sight) => pulse.tell(beat(sight)),
    });
    return result(end, pulse.details.sight ?? {});
  } catch (error) {
    throw cancellationSignal().aborted ? farewell('The wait for the job') : error;
  } finally {
    pulse.stop();
  }
}

/** When a job is expected to have ended, as earlier runs took, where its service tells nothing of its progress; milliseconds since 1970. */
async function expectedEnd({ clients, log }: ActivityContext, input: AwaitJobInput): Promise<number | undefined> {
  const { progress, heartbeat } = clients(input.ref).service.can;
  if (progress || heartbeat) return undefined;
  const longestMs = await longestEarlierJobMs(input.step, log);
  return longestMs === undefined ? undefined : Date.parse(input.submittedAt) + longestMs;
}

function result(end: WatchEnd, sight: Sight): AwaitJobResult {
  const { observation } = sight;
  return {
    lost: end === 'lost',
    noticedAt: new Date().toISOString(),
    ...(observation && { observation }),
    ...(end === 'stalled' && { stalled: true }),
    ...(end === 'blind' && { gaveUp: `it could not be seen for too long (${sight.unseenBecause ?? 'no answer'})` }),
    ...(end === 'unknown-status' && {
      gaveUp: `its service has said ${JSON.stringify(observation?.rawStatus)} since ${sight.unknownSince}, which Nightscore does not know`,
    }),
  };
}

/** What another worker saw before it handed over. */
function sightOf(details: unknown): Sight {
  const { sight, observation } = (details as Partial<JobHeartbeat> | undefined) ?? {};
  return sight ?? (observation ? { observation } : {});
}
