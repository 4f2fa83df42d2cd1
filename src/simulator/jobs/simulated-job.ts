import { z } from 'zod';
import type { ZodType } from 'zod';
import type { JobState } from '../../pipeline/job-state.ts';
import type { ResultStage } from './result-stage.ts';

const moment = z.number();

/** A result file that is ready but not yet an object in S3. */
export const stagedResultSchema = z.object({
  bucket: z.string(),
  key: z.string(),
  contentType: z.string(),
  /** Name of the file in the job's work folder. */
  file: z.string(),
});

export type StagedResult = z.infer<typeof stagedResultSchema>;

const states = [
  'queued',
  'running',
  'stopping',
  'succeeded',
  'failed',
  'stopped',
  'deleted',
] as const satisfies JobState[];

/** What a fault made of a job at its creation. */
export const jobFateSchema = z.object({
  kind: z.enum(['fails', 'hangs', 'vanishes', 'results-short', 'results-missing']),
  /** What the service says of a job that fails. */
  message: z.string(),
});

export type JobFate = z.infer<typeof jobFateSchema>;

/** What is known of a job, as it is kept in the state folder. Moments are real: milliseconds since 1970. */
export const jobEntrySchema = z.object({
  /** Unlike ids, never used twice. */
  serial: z.number().int(),
  service: z.string(),
  kind: z.string(),
  region: z.string(),
  id: z.string(),
  /** The request that created the job, as the service understood it. */
  request: z.unknown(),
  /** A name that was given after the job was created. */
  newName: z.string().optional(),
  state: z.enum(states),
  createdAt: moment,
  updatedAt: moment,
  startedAt: moment.optional(),
  endedAt: moment.optional(),
  /** When the states of these names are over by the clock; absent while that is not known. */
  queuedUntil: moment.optional(),
  runningUntil: moment.optional(),
  stoppingUntil: moment.optional(),
  fate: jobFateSchema.optional(),
  /** What of it was true when it ended; absent before, and for jobs that ended before the simulator kept it. */
  beforeEnd: z.object({ state: z.enum(states), updatedAt: moment }).optional(),
  /** The service's words on how the job ended. */
  message: z.string().optional(),
  records: z.object({ total: z.number(), invalid: z.number() }).optional(),
  /** Where the service writes, or wrote, the results; absent until the records are scored. */
  results: z.array(stagedResultSchema).optional(),
});

export type JobEntry = z.infer<typeof jobEntrySchema>;

/** A job with its request as its kind understands it. */
export type SimulatedJob<Request = unknown> = Omit<JobEntry, 'request'> & {
  readonly request: Request;
  /** Of a job that is told as it was: the moment at which it was so. */
  readonly seenAt?: number;
};

/** Counts of all the input records of a job. */
export interface ScoredRecords {
  total: number;
  invalid: number;
}

/** How long a job takes, in simulated seconds. */
export interface JobTiming {
  /** From the free slot to the start. */
  queuedSeconds: number;
  /** From the start to the end, for a job without records. */
  fixedSeconds: number;
  /** Comes on top for each record. */
  recordsPerSecond: number;
  /** From the request to stop to the stop; absent for jobs that nothing can stop. */
  stoppingSeconds?: number;
}

/** One kind of job of one service. */
export interface JobKind<Request> {
  readonly service: string;
  readonly name: string;
  readonly request: ZodType<Request>;
  timing(): JobTiming;
  /** How many jobs of the kind run at once in a region; more wait. Without it there is no limit. */
  slots?(): number;
  /** The longest that a job may run, in simulated seconds, and what the service says when it has. */
  runtimeLimit?: { seconds: number; message: string };
  /** Resolves when all that the job depends on is ready. */
  dependencies?(job: SimulatedJob<Request>, signal: AbortSignal): Promise<void>;
  /** Reads the input, scores it and hands the result files to the stage. May be called again after a restart. */
  score(job: SimulatedJob<Request>, stage: ResultStage): Promise<ScoredRecords>;
}

/** Ends a job as failed; the message is what the service tells its users. */
export class JobFailure extends Error {
  override readonly name = 'JobFailure';
}
