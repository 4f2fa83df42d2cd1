import type { JobState } from './job-state.ts';

/** What a job is for. It decides the job's id, so nothing in it may change when Temporal retries or resets. */
export interface JobIdentity {
  /** Temporal namespace of the run. */
  namespace: string;
  /** For example `churn-nightly/2026-11-20`. */
  runKey: string;
  step: string;
  /** Tells apart the jobs that one step runs for several things, for example for each country. */
  fanOutKey?: string;
  /** Which job attempt of the step this is, from 1. Attempt 2 is a new, paid job. */
  attempt: number;
}

/** Where a job is found at AWS. */
export interface JobRef {
  /** Name of the service, for example `machine-learning/batch-prediction`. */
  service: string;
  region: string;
  id: string;
  arn?: string;
  /** Jobs of equal scope can be read with one List call; for example the solution version of a Personalize job. */
  listScope?: string;
}

/** Counts of input records; a service that does not count leaves them out. */
export interface JobRecords {
  total?: number;
  processed?: number;
  invalid?: number;
}

/** What a service said of a job at one moment. Times are ISO 8601 in UTC. */
export interface JobObservation {
  ref: JobRef;
  /** Absent when the service sent a status that its table does not know. */
  state?: JobState;
  /** The status to the letter, as the service sent it. */
  rawStatus: string;
  /** The service's own words on why the job is where it is. */
  message?: string;
  records?: JobRecords;
  /** S3 URI under which the service writes the results, as the service gives it. */
  outputUri?: string;
  /** When the service last touched the job. */
  heartbeatAt?: string;
  createdAt?: string;
  startedAt?: string;
  endedAt?: string;
  /** Our clock at the time of the read. */
  observedAt: string;
}

/** One member in which a job that exists differs from the job that was asked for. */
export interface Difference {
  member: string;
  asked: string;
  found: string;
}

/** What an interrupted start leaves behind: whether its job may exist although nobody knows. */
export interface StartDoubt {
  mayExist: boolean;
}

/** What earlier runs know of a job that is to be taken over: that it exists, or that it may. */
export type EarlierJob = 'known' | 'in doubt';

/** Type of the failure of a start that was to take over a job which its service no longer knows. */
export const JOB_GONE = 'JobGone';

/** Type of the failure of a start of which nobody can say whether there is a job. */
export const JOB_UNSEEN = 'JobUnseen';
