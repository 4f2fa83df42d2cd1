import type { JobRecords } from './job.ts';
import type { RunOutcome, StepOutcome } from './outcome.ts';

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
    startedAt: string;
    endedAt?: string;
  };
  /** Absent while the run goes on. */
  outcome?: RunOutcome;
  /** Why the run could not begin or did not succeed, when no step says it. */
  error?: string;
  steps: Record<string, StepReport>;
}

/** `waiting`: for its needs. `queued`: at the service, or for a place there. */
export type StepState = 'waiting' | 'starting' | 'queued' | 'running' | 'stopping' | 'ended';

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
}
