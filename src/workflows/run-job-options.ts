import type { Gate, Json, RetryDefinition } from '../pipeline/definition.ts';
import type { EarlierJob } from '../pipeline/job.ts';
import type { Interruption } from '../pipeline/job-end.ts';
import type { JobOutcome } from '../pipeline/outcome.ts';
import type { JobReport, StepReport, StepState } from '../pipeline/report.ts';

export interface RunJobOptions {
  /** The service, for example `machine-learning/batch-prediction`. */
  uses: string;
  /** The AWS request less the job's id. */
  with: { [member: string]: Json };
  /**
   * Tells the jobs of one workflow apart. The job's id follows from it and the workflow id, so keep it when the code changes; and a workflow
   * that runs every night under one id has to name the night here, or it takes over last night's job.
   */
  step: string;
  /** Tells apart the jobs that one step runs for several things, for example for each country; part of the job's id. */
  fanOutKey?: string;
  /** AWS region; the worker's own when absent. */
  region?: string;
  /** Longest time that one job attempt may take, waiting for a place included, for example `6h`. */
  timeout?: string;
  retry?: RetryDefinition;
  /** Where to go on after an earlier run. The first one when absent. */
  firstAttempt?: FirstAttempt;
  gate?: Gate;
  /** Read the result files of a succeeded job and hold them to what the service promises. */
  verify?: boolean;
  /** Look before paying whether what the request names exists and can be used; true when absent. */
  preflight?: boolean;
  /** Wait for a place at the service behind the jobs that do not say so, as replays do. */
  lowPriority?: boolean;
  /** How long the running job may show no progress before it counts as stalled, for example `30m`. */
  stallAfter?: string;
  /** What becomes of a stalled job: `report` (the default) or `stop`. */
  onStall?: 'report' | 'stop';
  /** What becomes of the job on cancel or timeout: `stop` (the default), where its service can; `delete`, where it can only do that; or `leave`. */
  onCancel?: 'stop' | 'leave' | 'delete';
  /** Task queue of Nightscore's workers; the workflow's own when absent. */
  taskQueue?: string;
  /** Hears what is known of the job whenever that changes in the workflow. */
  onProgress?(progress: JobProgress): void;
  /** Why the step is cancelled, when it is; the run or the step was cancelled when absent. */
  whyCancelled?(): Interruption;
}

export interface FirstAttempt {
  number: number;
  /**
   * What earlier runs know of the job of this number, which is taken over: it exists, and is never created again; or nobody knows whether it
   * does. Absent where no job had this number.
   */
  earlierJob?: EarlierJob;
  /** Where that job is, if that is known: workers may be in another region now. */
  region?: string;
}

export interface JobProgress {
  state: Exclude<StepState, 'waiting' | 'ended'>;
  attempt: number;
  /** Where the start of the job goes; the region of the worker when absent. */
  region?: string;
  job?: JobReport;
  warnings?: string[];
}

export interface JobResult extends Pick<StepReport, 'cause' | 'warnings' | 'unproven'> {
  /** `cancelled`: before there was a job. */
  outcome: JobOutcome | 'cancelled';
  attempt: number;
  job?: JobReport;
  /** Why the outcome is not `succeeded`, for a person. */
  error?: string;
}
