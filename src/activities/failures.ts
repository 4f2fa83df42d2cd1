import { activityInfo, ApplicationFailure, heartbeat } from '@temporalio/activity';
import { ApplicationFailureCategory } from '@temporalio/common';
import { FollowUpError } from '../follow-ups/follow-up.ts';
import { JOB_UNSEEN, type StartDoubt } from '../pipeline/job.ts';
import { missingPermission } from '../pipeline/denial.ts';
import { UnknownServiceError } from '../services/clients.ts';
import { ServiceError, type ErrorClass } from '../services/errors.ts';
import { PreconditionError } from '../services/preflight.ts';
import { JobMismatchError, JobUnseenError } from '../services/start-or-adopt.ts';

interface Recovery {
  /** How many times in a row an activity may fail so. */
  attempts: number;
  /** The wait after the first failure, which doubles with each further one, and its limit; in seconds. */
  waitSeconds: readonly [first: number, longest: number];
  /** An expected wait, not a fault: Temporal logs it quietly and does not count it as a failure. */
  benign?: true;
}

const UNLIMITED = Number.POSITIVE_INFINITY;

/** What an activity can fail of: an AWS call, or a start of which nobody can say whether there is a job. */
type FailureClass = ErrorClass | 'unseen';

/** How an activity goes on after each class of failure. Temporal's own retry policy in `workflows/` allows all of these. */
const RECOVERIES: Record<FailureClass, Recovery> = {
  throttle: { attempts: UNLIMITED, waitSeconds: [1, 60], benign: true },
  // Refused although there seemed to be a place: the next attempt waits for one by the service's list.
  quota: { attempts: UNLIMITED, waitSeconds: [1, 60], benign: true },
  transient: { attempts: UNLIMITED, waitSeconds: [1, 30] },
  busy: { attempts: UNLIMITED, waitSeconds: [30, 300], benign: true },
  // Somebody may have to sign in again: about an hour of tries.
  'auth-refresh': { attempts: 65, waitSeconds: [1, 60] },
  // A fresh job may be shown to creates before it is shown to reads: more than a minute of looks.
  unseen: { attempts: 14, waitSeconds: [1, 10] },
  unknown: { attempts: 3, waitSeconds: [1, 10] },
  denied: { attempts: 1, waitSeconds: [0, 0] },
  invalid: { attempts: 1, waitSeconds: [0, 0] },
  'not-found': { attempts: 1, waitSeconds: [0, 0] },
  duplicate: { attempts: 1, waitSeconds: [0, 0] },
};

/** Temporal cuts what it keeps of a retrying activity's failure at 4 KB. */
const MAX_MESSAGE_LENGTH = 2_000;

/** Type of the failure of an activity that can never succeed. */
const REJECTED = 'Rejected';

/** Errors that no further attempt can mend. */
const HOPELESS = [PreconditionError, JobMismatchError, FollowUpError, UnknownServiceError];

/** The failure of an activity whose input can never work. */
export function rejection(message: string): ApplicationFailure {
  return finalFailure(REJECTED, message);
}

/** Benign to Temporal: the run's report tells of it, and the run decides. */
export function finalFailure(type: string, message: string): ApplicationFailure {
  return ApplicationFailure.create({
    type,
    message: message.slice(0, MAX_MESSAGE_LENGTH),
    category: ApplicationFailureCategory.BENIGN,
    nonRetryable: true,
  });
}

/** The failure of a start that cannot go on although an earlier attempt may have created the job. */
export function unseenJob(message: string): ApplicationFailure {
  return finalFailure(JOB_UNSEEN, message);
}

/** Turns whatever an activity caught into what Temporal should do about it. */
export function toFailure(error: unknown, options: FailureOptions = {}): unknown {
  if (isHopeless(error)) return rejection(error.message);
  if (error instanceof JobUnseenError) return retry('unseen', error, JOB_UNSEEN, options);
  return error instanceof ServiceError ? retry(error.class, error, REJECTED, options) : error;
}

export interface FailureOptions {
  /** What the next attempt is to find in the heartbeat besides. */
  details?: object;
  /** How long the activity may go on trying since it was scheduled, in milliseconds. */
  patienceMs?: number;
  /** Id of the job that it is about, where the error does not name it. */
  job?: string;
}

/** How long the end of a job that was given up is looked for, while AWS cannot be reached, in milliseconds. */
export const SETTLE_PATIENCE_MS = 15 * 60_000;
/** How often it is tried at least. */
export const LEAST_TRIES = 5;

function isHopeless(error: unknown): error is Error {
  return HOPELESS.some((type) => error instanceof type);
}

function retry(
  failureClass: FailureClass,
  error: Error,
  finalType: string,
  { details, patienceMs = Number.POSITIVE_INFINITY, job }: FailureOptions,
): ApplicationFailure {
  const { attempts, waitSeconds, benign } = RECOVERIES[failureClass];
  const { times, mayExist } = noteFailure(failureClass, error, details);
  const { attempt, scheduledTimestampMs } = activityInfo();
  // The time in which no worker was there does not count as trying.
  const isOutOfPatience = attempt >= LEAST_TRIES && Date.now() - scheduledTimestampMs >= patienceMs;
  const about = job === undefined ? '' : ` (job ${job})`;
  const said = `${error.message}${about}`;
  const message = failureClass === 'denied' ? `${asSentence(said)} ${whatToGrant(error.message)}` : said;
  if (times >= attempts || isOutOfPatience) return finalFailure(mayExist ? JOB_UNSEEN : finalType, message);
  return ApplicationFailure.create({
    type: failureClass,
    // A cancel that comes before the next attempt shows the workflow this failure.
    details: [{ mayExist } satisfies StartDoubt],
    message: error.message.slice(0, MAX_MESSAGE_LENGTH),
    nextRetryDelay: retryDelayMs(waitSeconds, times),
    ...(benign && { category: ApplicationFailureCategory.BENIGN }),
  });
}

function asSentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

function whatToGrant(message: string): string {
  return (
    missingPermission(message) ??
    'AWS does not say which permission is missing: docs/services.md lists what each service needs.'
  );
}

/** What an activity that fails hands on to its next attempt. */
interface FailuresInARow {
  /** The attempt of the activity that left word; a later one that left none may have died after its create. */
  activityAttempt: number;
  class?: FailureClass;
  times: number;
  /** Whether a create may have taken effect in this attempt or an earlier one. */
  mayExist: boolean;
}

function failuresBefore(): Partial<FailuresInARow> {
  const details = activityInfo().heartbeatDetails as { failures?: Partial<FailuresInARow> } | undefined;
  return details?.failures ?? {};
}

/**
 * How many times in a row, this one included, the activity has failed so. Its number of attempts does not tell: an activity that waited
 * for hours because of a quota must not give up over its first expired token.
 */
function noteFailure(failureClass: FailureClass, error: Error, details: object | undefined): FailuresInARow {
  const before = failuresBefore();
  const times = before.class === failureClass ? (before.times ?? 0) + 1 : 1;
  const mayExist = mayJobExist() || leavesDoubt(error);
  return leaveWord({ activityAttempt: activityInfo().attempt, class: failureClass, times, mayExist }, details);
}

function leaveWord(failures: FailuresInARow, details: object | undefined): FailuresInARow {
  heartbeat({ ...details, failures });
  return failures;
}

/** Tells the next attempt, on another worker, whether this one may have created the job. */
export function handOver(mayExist: boolean, details: object): void {
  leaveWord({ activityAttempt: activityInfo().attempt, times: 0, mayExist }, details);
}

/** What earlier attempts left word of, to be kept in the heartbeats of this one. */
export function failuresSoFar(): { failures?: object } {
  const failures = failuresBefore();
  return failures.activityAttempt === undefined ? {} : { failures };
}

/** Whether an earlier attempt of this activity may have created its job. One that left no word may have died after its create. */
export function mayJobExist(): boolean {
  const { attempt } = activityInfo();
  const before = failuresBefore();
  return attempt > 1 && (before.activityAttempt !== attempt - 1 || (before.mayExist ?? true));
}

/** Whether a job may exist after a start that failed so. */
export function leavesDoubt(error: unknown): boolean {
  return error instanceof JobUnseenError || (error instanceof ServiceError && error.leavesDoubt);
}

/** Doubles with every failure in a row, and spreads callers that failed together over half of it. */
function retryDelayMs([first, longest]: Recovery['waitSeconds'], times: number): number {
  const seconds = Math.min(longest, first * 2 ** Math.min(times - 1, 20));
  return Math.round(seconds * 1000 * (0.75 + 0.5 * Math.random()));
}
