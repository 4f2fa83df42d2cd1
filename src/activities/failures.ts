import { activityInfo, ApplicationFailure } from '@temporalio/activity';
import { ApplicationFailureCategory } from '@temporalio/common';
import { FollowUpError } from '../follow-ups/follow-up.ts';
import { ServiceError, type ErrorClass } from '../services/errors.ts';
import { JobMismatchError } from '../services/start-job.ts';

interface Recovery {
  /** How many times an activity is tried in all when it fails so. */
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
  duplicate: { attempts: 1, waitSeconds: [0, 0] },
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
  const { attempt } = activityInfo();
  if (attempt >= attempts) return rejection(error.message);
  return ApplicationFailure.create({
    type: error.class,
    message: error.message.slice(0, MAX_MESSAGE_LENGTH),
    nextRetryDelay: retryDelayMs(waitSeconds, attempt),
    ...(benign && { category: ApplicationFailureCategory.BENIGN }),
  });
}

/** Doubles with every attempt, and spreads callers that failed together over half of it. */
function retryDelayMs([first, longest]: Recovery['waitSeconds'], attempt: number): number {
  const seconds = Math.min(longest, first * 2 ** Math.min(attempt - 1, 20));
  return Math.round(seconds * 1000 * (0.75 + 0.5 * Math.random()));
}
