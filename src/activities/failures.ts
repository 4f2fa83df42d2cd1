import { activityInfo, ApplicationFailure, heartbeat } from '@temporalio/activity';
import { ApplicationFailureCategory } from '@temporalio/common';
import { FollowUpError } from '../follow-ups/follow-up.ts';
import { ServiceError, type ErrorClass } from '../services/errors.ts';
import { JobMismatchError } from '../services/start-job.ts';

interface Recovery {
  /** How many times in a row an activity may fail so. */
  attempts: number;
  /** The wait after the first failure, which doubles with each further one, and its limit; in seconds. */
  waitSeconds: readonly [first: number, longest: number];
  /** An expected wait, not a fault: Temporal logs it quietly and does not count it as a failure. */
  benign?: true;
}

const UNLIMITED = Number.POSITIVE_INFINITY;

/** How an activity goes on after each class of error. Temporal's own retry policy in `workflows/` allows all of these. */
const RECOVERIES: Record<ErrorClass, Recovery> = {
  throttle: { attempts: UNLIMITED, waitSeconds: [1, 60], benign: true },
  quota: { attempts: UNLIMITED, waitSeconds: [5, 300], benign: true },
  transient: { attempts: UNLIMITED, waitSeconds: [1, 30] },
  busy: { attempts: UNLIMITED, waitSeconds: [30, 300], benign: true },
  'auth-refresh': { attempts: 10, waitSeconds: [1, 60] },
  unknown: { attempts: 3, waitSeconds: [1, 10] },
  denied: { attempts: 1, waitSeconds: [0, 0] },
  invalid: { attempts: 1, waitSeconds: [0, 0] },
  'not-found': { attempts: 1, waitSeconds: [0, 0] },
  // We have looked for the job and not found it: a create whose answer was lost may be so fresh that only creates see it.
  duplicate: { attempts: 8, waitSeconds: [1, 10] },
};

/** Temporal cuts what it keeps of a retrying activity's failure at 4 KB. */
const MAX_MESSAGE_LENGTH = 2_000;

/** Type of the failure of an activity that can never succeed. */
const REJECTED = 'Rejected';

/** The failure of an activity whose input can never work. Benign to Temporal: the run's report tells of it, and the run decides. */
export function rejection(message: string): ApplicationFailure {
  return ApplicationFailure.create({
    type: REJECTED,
    message: message.slice(0, MAX_MESSAGE_LENGTH),
    category: ApplicationFailureCategory.BENIGN,
    nonRetryable: true,
  });
}

/** Turns whatever an activity caught into what Temporal should do about it. */
export function toFailure(error: unknown): unknown {
  if (error instanceof JobMismatchError || error instanceof FollowUpError) return rejection(error.message);
  if (!(error instanceof ServiceError)) return error;
  const { attempts, waitSeconds, benign } = RECOVERIES[error.class];
  const times = timesInARow(error.class);
  if (times >= attempts) return rejection(error.message);
  return ApplicationFailure.create({
    type: error.class,
    message: error.message.slice(0, MAX_MESSAGE_LENGTH),
    nextRetryDelay: retryDelayMs(waitSeconds, times),
    ...(benign && { category: ApplicationFailureCategory.BENIGN }),
  });
}

/** What an activity that fails hands on to its next attempt. */
interface FailuresInARow {
  class: ErrorClass;
  times: number;
}

/**
 * How many times in a row, this one included, the activity has failed so. Its number of attempts does not tell: an activity that waited
 * for hours because of a quota must not give up over its first expired token.
 */
function timesInARow(errorClass: ErrorClass): number {
  const before = activityInfo().heartbeatDetails as Partial<FailuresInARow> | undefined;
  const times = before?.class === errorClass ? (before.times ?? 0) + 1 : 1;
  heartbeat({ class: errorClass, times } satisfies FailuresInARow);
  return times;
}

/** Doubles with every failure in a row, and spreads callers that failed together over half of it. */
function retryDelayMs([first, longest]: Recovery['waitSeconds'], times: number): number {
  const seconds = Math.min(longest, first * 2 ** Math.min(times - 1, 20));
  return Math.round(seconds * 1000 * (0.75 + 0.5 * Math.random()));
}
