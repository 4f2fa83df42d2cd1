import { isTerminal } from '../pipeline/job-state.ts';
import type { Sight } from '../pipeline/heartbeat.ts';
import type { JobObservation } from '../pipeline/job.ts';

/** When a wait gives up on a job that it cannot follow, and when a job counts as stalled; in milliseconds. */
export interface SightLimits {
  /** How long a job may not be seen at all. */
  blindMs: number;
  /** How long its service may send a status that Nightscore does not know. */
  unknownStatusMs: number;
  /** How long a running job may show no progress. */
  stallMs?: number | undefined;
  /** Until when a job whose service tells nothing of its progress is simply expected to run; milliseconds since 1970. */
  quietUntil?: number | undefined;
}

/** Why a wait ends although the job may go on. */
export type Surrender = 'blind' | 'unknown-status';

/** The sight after the service was heard: an unknown status keeps the last state that was known. */
export function see(before: Sight, observation: JobObservation): Sight {
  const state = observation.state ?? before.observation?.state;
  const { observedAt } = observation;
  const moved = before.observation === undefined || signOfLife(before.observation) !== signOfLife(observation);
  const progressAt = moved ? observedAt : (before.progressAt ?? observedAt);
  const unknownSince = observation.state === undefined ? (before.unknownSince ?? observedAt) : undefined;
  const stalled = moved ? undefined : before.stalledSince;
  return {
    observation: { ...observation, ...(state !== undefined && { state }) },
    progressAt,
    ...(unknownSince !== undefined && { unknownSince }),
    ...(stalled !== undefined && { stalledSince: stalled }),
  };
}

/** What moves while a service works on a job: its status, its counters and the time that it last touched it. */
function signOfLife({ rawStatus, records, heartbeatAt }: JobObservation): string {
  return JSON.stringify([rawStatus, records?.processed, records?.invalid, heartbeatAt]);
}

/** Whether the job has ended; what was seen of an end is never taken back. */
export function hasEnded({ observation }: Sight): boolean {
  return observation?.state !== undefined && isTerminal(observation.state);
}

/** Since when a running job has shown no progress, if that is longer than it may. A service's own queue is no stall. */
export function stalledSince(
  { observation, progressAt }: Sight,
  now: number,
  { stallMs, quietUntil = 0 }: SightLimits,
) {
  if (stallMs === undefined || progressAt === undefined || observation?.state !== 'running') return undefined;
  return now - Math.max(Date.parse(progressAt), quietUntil) >= stallMs ? progressAt : undefined;
}

/** Why the wait should be given up, if it should. `waitingSince` counts as a look: nothing could be seen before. */
export function surrender(
  { observation, unknownSince }: Sight,
  waitingSince: number,
  now: number,
  limits: SightLimits,
): Surrender | undefined {
  const seenAt = Math.max(waitingSince, observation ? Date.parse(observation.observedAt) : 0);
  if (now - seenAt >= limits.blindMs) return 'blind';
  if (unknownSince !== undefined && now - Date.parse(unknownSince) >= limits.unknownStatusMs) return 'unknown-status';
  return undefined;
}
