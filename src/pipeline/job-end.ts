import { causeOf, SERVICE_SIDE_CAUSES, type Cause } from './cause.ts';
import type { Gate, RetryDefinition } from './definition.ts';
import { checkGate } from './gate.ts';
import { missingPermission } from './denial.ts';
import type { JobObservation, JobRecords } from './job.ts';
import type { JobOutcome } from './outcome.ts';

/** Why we gave up on a job before it ended. */
export type Interruption = 'cancelled' | 'timed out' | 'run timed out' | 'stalled';

/** What happened to the step, for a person. */
export const INTERRUPTIONS: Readonly<Record<Interruption, string>> = {
  cancelled: 'The step was cancelled',
  'timed out': 'The step timed out',
  'run timed out': 'The run timed out',
  stalled: 'The job made no progress',
};

/** What a job that runs no more came to. */
export interface JobEnd {
  outcome: JobOutcome;
  /** Why the outcome is not `succeeded`, for a person. */
  error?: string;
  stoppedBy?: 'us' | 'other';
  /** Why the service failed the job. */
  cause?: Cause;
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
      return passGate(seen.records, gate);
    case 'stopped':
    case 'deleted':
      return interruption
        ? { outcome: 'stopped', stoppedBy: 'us', error: `${INTERRUPTIONS[interruption]} and its job was ${seen.state}` }
        : {
            outcome: 'stopped',
            stoppedBy: 'other',
            error: `Somebody else ended the job: its service says ${seen.rawStatus}`,
          };
    default: {
      const cause = causeOf(seen?.message);
      const reason = seen?.message ?? 'its service gave no reason';
      const missing = cause === 'permission' ? missingPermission(reason) : undefined;
      const error = `The job failed (cause: ${cause}): ${[reason, missing].filter(Boolean).join(' ')}`;
      return { outcome: 'failed', error, cause };
    }
  }
}

/** Whether a job that ended so may be submitted, and paid for, once more. */
export function isWorthAnotherAttempt({ cause }: Pick<JobEnd, 'cause'>, retry: RetryDefinition | undefined): boolean {
  return cause !== undefined && (retry?.causes ?? SERVICE_SIDE_CAUSES).includes(cause);
}

/** What the gate of a step makes of a job that its service ran well. */
export function passGate(records: JobRecords | undefined, gate: Gate | undefined): JobEnd {
  const objection = checkGate(gate ?? {}, records);
  if (objection === undefined) return { outcome: 'succeeded' };
  return { outcome: 'failed', error: `The job succeeded, but its gate did not let it pass: ${objection}` };
}

function lastSeen(seen: JobObservation | undefined): string {
  return seen ? `it was last seen ${seen.rawStatus} at ${seen.observedAt}` : 'it was never seen';
}
