import type { AwaitJobResult } from '../activities/await-job.ts';
import type { StartJobInput, StartJobResult } from '../activities/start-job.ts';
import { parseDuration } from '../pipeline/duration.ts';
import { concludeJob, type Interruption } from '../pipeline/job-end.ts';
import { jobReport } from '../pipeline/job-report.ts';
import type { activitiesOn } from './activities.ts';
import type { JobResult, RunJobOptions } from './run-job-options.ts';

export type Activities = ReturnType<typeof activitiesOn>;

/** Waits until the job has ended, or cannot be followed any more. */
export function awaitEnd(
  { stallAfter, onStall }: RunJobOptions,
  activities: Activities,
  started: StartJobResult,
  input: StartJobInput,
): Promise<AwaitJobResult> {
  const { step, attempt } = input.identity;
  const { ref, submittedAt, heartbeatTimeoutMs } = started;
  const stall =
    stallAfter === undefined ? {} : { stallMs: parseDuration(stallAfter), endWhenStalled: onStall === 'stop' };
  return activities.awaitJob({ ref, submittedAt, step, attempt, ...stall }, heartbeatTimeoutMs);
}

/** What an end that was seen means for the step. */
export function conclude(
  { gate, verify }: RunJobOptions,
  attempt: number,
  started: StartJobResult,
  { observation, lost, noticedAt }: AwaitJobResult,
  interruption?: Interruption,
): JobResult {
  // The gate of a step whose results are read looks at what the reading counted.
  const { stoppedBy, ...end } = concludeJob(observation, { lost, gate: verify ? undefined : gate, interruption });
  const job = { ...jobReport(started, observation), noticedAt, ...(stoppedBy && { stoppedBy }) };
  return { ...end, attempt, job, ...warningsOf(started) };
}

/** What a start found that a person should know. */
export function warningsOf({ warnings }: StartJobResult): Pick<JobResult, 'warnings'> {
  return warnings ? { warnings } : {};
}
