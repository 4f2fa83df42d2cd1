import { setTimeout as delay } from 'node:timers/promises';
import pMap from 'p-map';
import { ServiceError, type ErrorClass } from './errors.ts';
import { errorFinding, warningFinding, type Finding, type Precondition } from './precondition.ts';

/** The job would fail or do harm as it was asked for, so it is not started. */
export class PreconditionError extends Error {
  override readonly name = 'PreconditionError';

  constructor(problems: readonly string[]) {
    super(`${problems.join(' ')} Nothing was started.`);
  }
}

/** Enough to be quick, and few enough not to be throttled for it. */
const CHECKS_AT_ONCE = 4;

/** What to wait before the second and the third try, in milliseconds: a start waits for its checks. */
const PAUSES_MS = [1_000, 2_000];

const WORTH_ANOTHER_TRY: ReadonlySet<ErrorClass> = new Set(['throttle', 'transient']);

/**
 * What is wrong with a job before it is started, in the order of the preconditions. Never throws: what cannot be told
 * is a warning, because the job may well succeed, and the worker may not be allowed to read what the service is.
 */
export async function checkPreconditions(preconditions: Precondition[]): Promise<Finding[]> {
  const findings = await pMap(preconditions, findingOf, { concurrency: CHECKS_AT_ONCE });
  return findings.filter((finding) => finding !== undefined);
}

async function findingOf(precondition: Precondition): Promise<Finding | undefined> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await precondition.check();
    } catch (error) {
      const errorClass = error instanceof ServiceError ? error.class : 'unknown';
      const pause = WORTH_ANOTHER_TRY.has(errorClass) ? PAUSES_MS[tries] : undefined;
      if (pause === undefined) return inconclusive(precondition.subject, errorClass, error);
      await delay(pause);
    }
  }
}

function inconclusive(subject: string, errorClass: ErrorClass, error: unknown): Finding {
  const reason = error instanceof Error ? error.message : String(error);
  return errorClass === 'not-found'
    ? errorFinding(`Could not find ${subject}: ${reason}`)
    : warningFinding(`Could not check ${subject}: ${reason}`);
}
