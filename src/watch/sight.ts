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

/** The sight after a look that told nothing. Time in which nobody looked, for want of a worker, does not count. */
export function miss(before: Sight, now: number, because: string): Sight {
  const { unseenSince, unseenAt } = before;
  const goesOn = unseenSince !== undefined && unseenAt !== undefined && now - Date.parse(unseenAt) < UNATTENDED_MS;
  const at = new Date(now).toISOString();
  return { ...before, unseenSince: goesOn ? unseenSince : at, unseenAt: at, unseenBecause: because };
}

/** Looks that are further apart are not one spell of blindness. */
const UNATTENDED_MS = 10 * 60_000;

/**
 * Since when a running job has shown no progress, if that is longer than it may. A service's own queue is no stall, and neither is a time in which
 * the job was not seen.
 */
export function stalledSince({ observation, progressAt }: Sight, { stallMs, quietUntil = 0 }: SightLimits) {
  if (stallMs === undefined || progressAt === undefined || observation?.state !== 'running') return undefined;
  const quiet = Date.parse(observation.observedAt) - Math.max(Date.parse(progressAt), quietUntil);
  return quiet >= stallMs ? progressAt : undefined;
}

/** Why the wait should be given up, if it should. Only what looks told counts. */
export function surrender(sight: Sight, { blindMs, unknownStatusMs }: SightLimits): Surrender | undefined {
  const { observation, unknownSince, unseenSince, unseenAt } = sight;
  if (lasted(unseenSince, unseenAt) >= blindMs) return 'blind';
  return lasted(unknownSince, observation?.observedAt) >= unknownStatusMs ? 'unknown-status' : undefined;
}

function lasted(from: string | undefined, to: string | undefined): number {
  return from === undefined || to === undefined ? -1 : Date.parse(to) - Date.parse(from);
}
