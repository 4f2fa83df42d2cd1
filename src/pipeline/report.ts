import type { Cause } from './cause.ts';
import type { PlaceWait } from './heartbeat.ts';
import type { JobRecords } from './job.ts';
import type { StepOutputs } from './expressions/expression-context.ts';
import type { RunOutcome, StepOutcome } from './outcome.ts';
import type { EarlierStep, ReplayInput } from './replay.ts';
import type { Verification } from './verification.ts';

/** Version of the shape of {@link RunReport}; it rises when a reader of the old shape would be misled. */
export const RUN_REPORT_VERSION = 1;

/** What people and programs are told about a run: the `report` query, the memo `report`, `--json` and the API. Times are ISO 8601 in UTC. */
export interface RunReport {
  version: typeof RUN_REPORT_VERSION;
  run: {
    /** The run key, which is also the Temporal workflow id. */
    id: string;
    pipeline: string;
    /** What follows the pipeline in the run key: the period, or the key that the caller gave. */
    key: string;
    /** The period's first day or hour; absent for pipelines without a period. */
    period?: string;
    /** Who or what started the run. */
    trigger: string;
    /** Present when the run goes on where an earlier one under its key ended. */
    replay?: Omit<ReplayInput, 'steps'>;
    startedAt: string;
    endedAt?: string;
    /** It goes on, and was asked to cancel. */
    cancelRequested?: true;
  };
  /** Absent while the run goes on. */
  outcome?: RunOutcome;
  /** Why the run could not begin or did not succeed, when no step says it. */
  error?: string;
  steps: Record<string, StepReport>;
}

/** `waiting`: for its needs. `queued (quota)`: for a place at the service. `queued`: at the service. `stalled`: it runs, without progress. */
export type StepState =
  'waiting' | 'starting' | 'queued (quota)' | 'queued' | 'running' | 'stalled' | 'stopping' | 'ended';

export interface StepReport {
  uses: string;
  state: StepState;
  /** Present once the state is `ended`. */
  outcome?: StepOutcome;
  /** The number of the job attempt, from 1; 0 before the first. */
  attempt: number;
  job?: JobReport;
  /** The jobs of earlier job attempts, the first one first. */
  earlierJobs?: JobReport[];
  /** What went wrong, for a person. */
  error?: string;
  /** Why the last job failed, by our classes. */
  cause?: Cause;
  /** What a person should know although nothing went wrong yet, for example that the job cannot be seen. */
  warnings?: string[];
  /** Present while the step waits for a place at its service. */
  place?: PlaceWait;
  /** AWS region that the start of its latest job went to. */
  region?: string;
  /** Hash of `uses`, region and the resolved `with`, from when the step begins. */
  inputHash?: string;
  /** What each step that this one takes values from had made when it began; tells a replay whether that is made again. */
  builtOn?: Record<string, string>;
  /** The job succeeded, and it is not known whether its results are what the service promises. */
  unproven?: true;
  /** What a follow-up that succeeded hands to the steps after it. */
  outputs?: StepOutputs;
  /** Present when a replay took over what the step made in an earlier run: the Temporal run id of that. */
  reused?: { runId: string };
  /** In a replay, until the step begins: what the earlier runs left of it. */
  earlier?: EarlierStep;
}

export interface JobReport {
  id: string;
  arn?: string;
  service: string;
  region: string;
  /** Whether the job existed already and was taken over rather than created. */
  adopted: boolean;
  rawStatus?: string;
  message?: string;
  records?: JobRecords;
  outputUri?: string;
  submittedAt: string;
  startedAt?: string;
  endedAt?: string;
  /** Present when the job was stopped: by Nightscore, or by somebody else. */
  stoppedBy?: 'us' | 'other';
  /** When Nightscore knew that the job had ended. */
  noticedAt?: string;
  /** What reading the results came to, where the step asks for it. */
  verification?: Verification;
}
