import type { Cause } from './cause.ts';

/** A value of a pipeline file: whatever YAML and JSON can both say. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

export type ParamType = 'string' | 'integer' | 'number' | 'boolean';
export type ParamValue = string | number | boolean;
export type Params = Record<string, ParamValue>;

export interface ParamDefinition {
  type: ParamType;
  description?: string;
  /** A parameter without a default must be given at the start of each run. */
  default?: ParamValue;
}

export type Period = 'day' | 'hour' | 'none';

/** When Temporal starts runs by itself. Durations are texts such as `6h`. */
export interface ScheduleDefinition {
  cron: string;
  timezone?: string;
  overlap?: Overlap;
  /** How late a start that was missed is still made up for; `6h` when absent. */
  catchupWindow?: string;
  /** Each start comes up to so much later, so that many schedules do not start at once. */
  jitter?: string;
  /** A run that fails pauses the schedule. */
  pauseOnFailure?: boolean;
  /** A moment, or a day or time on the clock of `timezone`, in ISO 8601. */
  startAt?: string;
  /** The same; a day is the last on which runs start. */
  endAt?: string;
}

/** What happens when a run is due and the one before still goes on; `skip` when absent. */
export const OVERLAPS = ['skip', 'buffer-one', 'buffer-all', 'cancel-other', 'terminate-other', 'allow-all'] as const;

export type Overlap = (typeof OVERLAPS)[number];

/** What decides, from a succeeded job's record counts, whether its step succeeded. */
export interface Gate {
  /** Largest share of invalid records, 0 to 1. */
  maxInvalidRatio?: number;
  maxInvalid?: number;
  minRecords?: number;
}

export interface RetryDefinition {
  /** How many jobs may be paid for, the first included. */
  maxAttempts: number;
  /** Causes of failure that are worth another job attempt; those on the service's side when absent. */
  causes?: Cause[];
  /** The wait before the second job attempt, which doubles with each further one, for example `1m`. */
  delay?: string;
}

/** One step, as written: texts may hold `${{ }}` expressions. */
export interface StepDefinition {
  /** A service (`machine-learning/batch-prediction`) or a follow-up (`s3/copy`). */
  uses: string;
  description?: string;
  needs?: string[];
  /** A CEL expression; `succeeded()` when absent. */
  if?: string;
  with: { [member: string]: Json };
  /** AWS region of a job step; the worker's own when absent. */
  region?: string;
  /** Longest time that one job attempt may take, queueing included, for example `6h`. */
  timeout?: string;
  retry?: RetryDefinition;
  gate?: Gate;
  /** Read the result files of a succeeded job and hold them to what the service promises. */
  verify?: boolean;
  /** Look, before a job is paid for, whether what it names exists and can be used; true when absent. */
  preflight?: boolean;
  /** How long a running job may show no progress before it counts as stalled, for example `30m`. */
  stallAfter?: string;
  /** What becomes of a stalled job: it is only reported, or stopped as on cancel; `report` when absent. */
  onStall?: 'report' | 'stop';
  /** What becomes of the job when its run is cancelled or times out: `stop` where the service can, `delete` where it can only do that, or `leave`. */
  onCancel?: 'stop' | 'leave' | 'delete';
}

/** Keys of a step that mean something for jobs only. */
export const JOB_KEYS = [
  'timeout',
  'retry',
  'gate',
  'verify',
  'preflight',
  'stallAfter',
  'onStall',
  'onCancel',
] as const satisfies readonly (keyof StepDefinition)[];

/** A pipeline, as written in a file or by `definePipeline`. */
export interface PipelineDefinition {
  name: string;
  description?: string;
  /** What one run covers; `day` when absent. */
  period?: Period;
  schedule?: ScheduleDefinition;
  /** Longest time that a run may take, for example `8h`. */
  timeout?: string;
  params?: Record<string, ParamDefinition>;
  steps: Record<string, StepDefinition>;
}
