import type { Difference, JobRef } from '../pipeline/job.ts';
import { ServiceError, type ErrorClass } from './errors.ts';
import { findJob } from './find-job.ts';
import type { BatchService, JobClient, SeenJob } from './service.ts';

/** What is done between the look that found no job and the create. */
export interface StartOptions {
  /** Whether there was a create before this call whose effect is not known. */
  mayExist?: boolean;
  /** Waits until a job may be created; what it throws ends the start, and nothing was created. Hears what became of the create. */
  ready?: () => Promise<{ filled(): void; refused(): void; release(): void } | undefined>;
}

export interface StartedJob {
  ref: JobRef;
  /** Whether the job existed already. */
  adopted: boolean;
  /** ISO 8601. */
  submittedAt: string;
}

/** There is a job under our id that is not the job we were asked for. */
export class JobMismatchError extends Error {
  override readonly name = 'JobMismatchError';

  constructor(ref: JobRef, differences: Difference[]) {
    const list = differences.map(({ member, asked, found }) => `${member} is ${found}, asked for ${asked}`).join('; ');
    super(`${ref.service} has another job under the id ${ref.id}: ${list}. Nothing was started; use another run key.`);
  }
}

/** A job that is known to have existed is not there any more, as far as one look tells. */
export class JobGoneError extends Error {
  override readonly name = 'JobGoneError';

  constructor({ service, id }: JobRef) {
    super(`${service} no longer knows job ${id}`);
  }
}

/**
 * The job may exist, but the service does not show it: a create may have taken effect, and no look since has told. Nobody may say that
 * there is no job.
 */
export class JobUnseenError extends Error {
  override readonly name = 'JobUnseenError';

  constructor(ref: JobRef, cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super(`${ref.service} may have started job ${ref.id}, but does not show it (${reason}). Look for it at AWS.`, {
      cause,
    });
  }
}

/**
 * Starts the job, or takes over the one that exists under its id. However often this is called, and whatever becomes of
 * the answers, there is one job.
 *
 * Throws a ServiceError when the service did not start it, a JobMismatchError when the id is taken by another job, a JobUnseenError when
 * it is not known whether there is a job.
 */
export async function startOrAdopt<Request>(
  service: BatchService<Request>,
  client: JobClient<Request>,
  located: JobRef,
  request: Request,
  { mayExist = false, ready }: StartOptions = {},
): Promise<StartedJob> {
  const before = await look(client, located, mayExist);
  if (before) return adopt(service, request, before);
  const place = await ready?.();
  try {
    const ref = await client.create(located, request);
    place?.filled();
    return { ref, adopted: false, submittedAt: new Date().toISOString() };
  } catch (error) {
    // A lost, throttled or unreadable answer, and even a refusal, may stand for a create that took effect.
    noteDoubt(error, error);
    const after = await look(client, located, true).catch((failed: unknown) => {
      place?.release();
      noteDoubt(error, failed);
      throw failed;
    });
    if (after) {
      place?.filled();
      return adopt(service, request, after);
    }
    if (error instanceof ServiceError && error.class === 'quota') place?.refused();
    else place?.release();
    const isTaken = error instanceof ServiceError && error.class === 'duplicate';
    throw isTaken || (mayExist && isRefusal(error)) ? new JobUnseenError(located, error) : error;
  }
}

/** Takes over a job that is known to exist, and creates none. Throws a JobGoneError, a JobMismatchError or a JobUnseenError. */
export async function takeOver<Request>(
  service: BatchService<Request>,
  client: JobClient<Request>,
  located: JobRef,
  request: Request,
): Promise<StartedJob> {
  const seen = await look(client, located, true);
  if (!seen) throw new JobGoneError(located);
  return adopt(service, request, seen);
}

/** Marks an error that comes of a create which may have taken effect. */
function noteDoubt(ofCreate: unknown, error: unknown): void {
  const inDoubt = ofCreate instanceof ServiceError && AMBIGUOUS.has(ofCreate.class);
  if (inDoubt && error instanceof ServiceError) error.leavesDoubt = true;
}

/** After these a create may have taken effect; the others are the service's refusal. */
const AMBIGUOUS: ReadonlySet<ErrorClass> = new Set(['throttle', 'transient']);

/** Answers that would end the start for good. Where a create went before, they may be about the job that it made. */
function isRefusal(error: unknown): boolean {
  return error instanceof ServiceError && REFUSALS.has(error.class);
}

const REFUSALS: ReadonlySet<ErrorClass> = new Set(['denied', 'invalid', 'not-found', 'duplicate', 'unknown']);

async function look<Request>(
  client: JobClient<Request>,
  ref: JobRef,
  mayExist: boolean,
): Promise<SeenJob<Request> | undefined> {
  try {
    return await findJob(client, ref);
  } catch (error) {
    throw mayExist && isRefusal(error) ? new JobUnseenError(ref, error) : error;
  }
}

function adopt<Request>(service: BatchService<Request>, request: Request, seen: SeenJob<Request>): StartedJob {
  const { ref, createdAt, observedAt } = seen.observation;
  const differences = service.differences(request, seen);
  if (differences.length > 0) throw new JobMismatchError(ref, differences);
  return { ref, adopted: true, submittedAt: createdAt ?? observedAt };
}
