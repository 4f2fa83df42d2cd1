import type { ZodType } from 'zod';
import type { Difference, JobIdentity, JobObservation, JobRecords, JobRef } from '../pipeline/job.ts';
import type { JobState } from '../pipeline/job-state.ts';
import type { Verification } from '../pipeline/verification.ts';
import type { Precondition } from './precondition.ts';

/** What a service can do with a job; shown to people as a table by `nightscore services`. */
export interface Capabilities {
  /** A running job can be stopped and keeps its record. */
  stop: boolean;
  /** A job's record can be deleted. */
  delete: boolean;
  /** Many jobs can be read with one call. */
  list: boolean;
  /** The service counts records while the job runs. */
  progress: boolean;
  /** The service says when it last worked on the job. */
  heartbeat: boolean;
  /** The service counts the records that it could not score. */
  invalidRecords: boolean;
}

/** Where the result files of a job lie: every object under `prefix` whose key, less the prefix, matches `pattern`. */
export interface ResultLocation {
  /** An S3 URI. */
  prefix: string;
  pattern: RegExp;
}

/** A job as its service describes it, with those members of the request that the service repeats. */
export interface SeenJob<Request> {
  observation: JobObservation;
  request: Partial<Request>;
}

/** A job that succeeded, as it is needed to prove its results. */
export interface SucceededJob<Request> {
  ref: JobRef;
  request: Request;
  /** As the service counted them. */
  records?: JobRecords;
}

/** How a long read is followed and given up. */
export interface ReadingOptions {
  signal: AbortSignal;
  /** To be called as the reading goes on, so that a dead worker is noticed. */
  onProgress: (done: { [what: string]: number }) => void;
}

/** Which jobs a list has to tell of. */
export interface ListQuery {
  listScope?: string;
}

/**
 * The calls of one service in one region. Every method throws a ServiceError (`errors.ts`) when the call fails;
 * none retries: that is the caller's to decide.
 */
export interface JobClient<Request> {
  /** Returns the ref with what only the service knows, such as an ARN. */
  create(ref: JobRef, request: Request): Promise<JobRef>;
  get(ref: JobRef): Promise<SeenJob<Request>>;
  /** One array for each call made. Holds every job that has not ended; one that has may be missing. */
  list?(query: ListQuery): AsyncIterable<JobObservation[]>;
  stop?(ref: JobRef): Promise<void>;
  /** Ends a job by deleting its record, at a service that cannot stop one. */
  delete?(ref: JobRef): Promise<void>;
  /** What has to be so before the job is worth paying for. */
  preconditions(request: Request): Precondition[];
  /** Reads the result files of a job that succeeded, as a stream, and holds them to what its service promises. */
  verify(job: SucceededJob<Request>, options: ReadingOptions): Promise<Verification>;
}

/** One kind of batch-prediction job at AWS. Everything here is pure; `connect` gives the calls. */
export interface BatchService<Request = unknown> {
  /** What a step's `uses` says, for example `machine-learning/batch-prediction`. */
  readonly name: string;
  readonly can: Capabilities;
  /** The AWS request less the job's id, with every constraint that AWS documents. */
  readonly request: ZodType<Request>;
  /** Every status that the API documents or was seen to send. */
  readonly statuses: Readonly<Record<string, JobState>>;
  /** How many jobs may be under way at once in a region, unless AWS has granted more; absent where the service queues jobs by itself. */
  readonly places?: number;
  /** An id within the service's alphabet and length that depends on the identity alone. */
  jobId(identity: JobIdentity): string;
  /** Where the job of this id and request is, or would be. */
  locate(id: string, request: Request, region: string): JobRef;
  /** The members in which a job that exists differs from the request; none means that we may adopt it. */
  differences(request: Request, seen: SeenJob<Request>): Difference[];
  results(job: { id: string; outputUri: string }): ResultLocation;
  connect(region: string): JobClient<Request>;
}
