import { isWorthAnotherAttempt } from './cause.ts';
import type { Gate } from './definition.ts';
import { checkGate } from './gate.ts';
import type { JobObservation } from './job.ts';
import type { JobOutcome } from './outcome.ts';

/** Why we gave up on a job before it ended. */
export type Interruption = 'cancelled' | 'timed out';

/** What a job that runs no more came to. */
export interface JobEnd {
  outcome: JobOutcome;
  /** Why the outcome is not `succeeded`, for a person. */
  error?: string;
  stoppedBy?: 'us' | 'other';
  /** The service failed the job for a cause on its own side: another job attempt may well succeed. */
  mayTryAgain?: boolean;
}

/**
 * How a job ended.
 *
 * @param seen the last that the service said of it: in a terminal state, unless the job is lost
 * @param interruption why we asked for its end, if we did
 */
export function concludeJob(
  seen: JobObservation | undefined,
  { lost, gate, interruption }: { lost: boolean; gate?: Gate | undefined; interruption?: Interruption | undefined },
): JobEnd {
  if (lost) return { outcome: 'lost', error: `The service no longer knows the job; ${lastSeen(seen)}` };
  switch (seen?.state) {
    case 'succeeded':
      return passGate(seen, gate);
    case 'stopped':
    case 'deleted':
      return interruption
        ? {
            outcome: 'stopped',
            stoppedBy: 'us',
            error: `The step ${interruption === 'cancelled' ? 'was cancelled' : 'timed out'} and its job was stopped`,
          }
        : {
            outcome: 'stopped',
            stoppedBy: 'other',
            error: `Somebody else ended the job: its service says ${seen.rawStatus}`,
          };
    default:
      return {
        outcome: 'failed',
        error: `The job failed: ${seen?.message ?? 'its service gave no reason'}`,
        mayTryAgain: isWorthAnotherAttempt(seen?.message),
      };
  }
}

function passGate(seen: JobObservation, gate: Gate | undefined): JobEnd {
  const objection = checkGate(gate ?? {}, seen.records);
  if (objection === undefined) return { outcome: 'succeeded' };
  return { outcome: 'failed', error: `The job succeeded, but its gate did not let it pass: ${objection}` };
}

function lastSeen(seen: JobObservation | undefined): string {
  return seen ? `it was last seen ${seen.rawStatus} at ${seen.observedAt}` : 'it was never seen';
}
