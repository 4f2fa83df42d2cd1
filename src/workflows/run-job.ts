import { ApplicationFailure, CancellationScope, isCancellation, sleep, workflowInfo } from '@temporalio/workflow';
import type { StartJobInput, StartJobResult } from '../activities/start-job.ts';
import type { AwaitJobResult } from '../activities/await-job.ts';
import type { Gate, Json, RetryDefinition } from '../pipeline/definition.ts';
import { durationProblem, parseDuration } from '../pipeline/duration.ts';
import { concludeJob, type Interruption } from '../pipeline/job-end.ts';
import { jobReport } from '../pipeline/job-report.ts';
import { isTerminal } from '../pipeline/job-state.ts';
import { JOB_UNSEEN, type JobObservation } from '../pipeline/job.ts';
import type { JobOutcome } from '../pipeline/outcome.ts';
import type { JobReport, StepState } from '../pipeline/report.ts';
import { activitiesOn } from './activities.ts';
import { failureTypeOf, messageOf } from './failure-message.ts';

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
  /** AWS region; the worker's own when absent. */
  region?: string;
  /** Longest time that one job attempt may take, waiting for a place included, for example `6h`. */
  timeout?: string;
  retry?: RetryDefinition;
  gate?: Gate;
  /** What becomes of the job on cancel or timeout: `stop` (the default), where its service can, or `leave`. */
  onCancel?: 'stop' | 'leave';
  /** Task queue of Nightscore's workers; the workflow's own when absent. */
  taskQueue?: string;
  /** Hears what is known of the job whenever that changes in the workflow. */
  onProgress?(progress: JobProgress): void;
}

export interface JobProgress {
  state: Exclude<StepState, 'waiting' | 'ended'>;
  attempt: number;
  job?: JobReport;
}

export interface JobResult {
  /** `cancelled`: before there was a job. */
  outcome: JobOutcome | 'cancelled';
  attempt: number;
  job?: JobReport;
  /** Why the outcome is not `succeeded`, for a person. */
  error?: string;
}

/** `mayTryAgain`: the service failed the job for a cause on its own side. */
type AttemptResult = JobResult & { mayTryAgain?: boolean };

type Activities = ReturnType<typeof activitiesOn>;

/** First wait before another job attempt; it doubles with each. */
const NEXT_ATTEMPT_DELAY_MS = 60_000;
/** How long a service may take to stop a job before we say that it still runs. */
const STOP_TIMEOUT_MS = 15 * 60_000;

/**
 * Runs a job at its service to its end and says what became of it, whatever happens: it never throws for the job's sake.
 * Once per step and job attempt a job is started or, where it exists already, adopted; then it is awaited; a success has to pass
 * the gate; a failure on the service's side is worth another attempt. On cancel or timeout the job is stopped where its
 * service can, and the result is what really became of it.
 */
export async function runJob(options: RunJobOptions): Promise<JobResult> {
  assertTimeout(options.timeout);
  const maxAttempts = options.retry?.maxAttempts ?? 1;
  for (let attempt = 1; ; attempt += 1) {
    const { mayTryAgain, ...result } = await runAttempt(options, attempt);
    if (!mayTryAgain || attempt >= maxAttempts) return result;
    options.onProgress?.({ state: 'starting', attempt, ...(result.job && { job: result.job }) });
    if (!(await pause(NEXT_ATTEMPT_DELAY_MS * 2 ** (attempt - 1)))) return result;
  }
}

async function runAttempt(options: RunJobOptions, attempt: number): Promise<AttemptResult> {
  const activities = activitiesOn(options.taskQueue ?? workflowInfo().taskQueue, options.step);
  const input = startInput(options, attempt);
  const timeout = options.timeout === undefined ? undefined : parseDuration(options.timeout);
  const scope = new CancellationScope({ cancellable: true, ...(timeout !== undefined && { timeout }) });
  let started: StartJobResult | undefined;
  try {
    return await scope.run(async () => {
      options.onProgress?.({ state: 'starting', attempt });
      const job = await activities.startJob(input);
      started = job;
      options.onProgress?.({ state: 'running', attempt, job: jobReport(job) });
      return conclude(options, attempt, job, await awaitEnd(activities, job, input));
    });
  } catch (error) {
    if (!scope.consideredCancelled) return lostSight(error, attempt, started);
    const why = CancellationScope.current().consideredCancelled ? 'cancelled' : 'timed out';
    return await CancellationScope.nonCancellable(() => settle(options, activities, input, started, why));
  }
}

/** The start, or rarely the wait, ended for good without a word of the service on how the job ended. */
function lostSight(error: unknown, attempt: number, started: StartJobResult | undefined): JobResult {
  const mayRun = started !== undefined || failureTypeOf(error) === JOB_UNSEEN;
  const job = started && jobReport(started);
  return { outcome: mayRun ? 'left-running' : 'rejected', attempt, error: messageOf(error), ...(job && { job }) };
}

/** An error of any other kind would make Temporal try the workflow for ever. */
function assertTimeout(timeout: string | undefined): void {
  const problem = timeout === undefined ? undefined : durationProblem(timeout);
  if (problem !== undefined) throw ApplicationFailure.nonRetryable(`The timeout ${problem}`, 'InvalidInput');
}

function startInput(options: RunJobOptions, attempt: number): StartJobInput {
  const { namespace, workflowId } = workflowInfo();
  return {
    service: options.uses,
    identity: { namespace, runKey: workflowId, step: options.step, attempt },
    request: options.with,
    ...(options.region !== undefined && { region: options.region }),
  };
}

function awaitEnd(activities: Activities, started: StartJobResult, input: StartJobInput): Promise<AwaitJobResult> {
  const { step, attempt } = input.identity;
  const { ref, submittedAt, heartbeatTimeoutMs } = started;
  return activities.awaitJob({ ref, submittedAt, step, attempt }, heartbeatTimeoutMs);
}

/**
 * We have given up on the job: stops it where that is possible and wanted, and finds out what became of it. What cannot be
 * found out is never taken for an end.
 */
async function settle(
  options: RunJobOptions,
  activities: Activities,
  input: StartJobInput,
  startedBefore: StartJobResult | undefined,
  why: Interruption,
): Promise<JobResult> {
  const { attempt } = input.identity;
  try {
    const started = startedBefore ?? (await activities.findStartedJob(input));
    if (!started) return withoutJob(why, attempt);
    const end = await stopOrRead(options, activities, input, started);
    const asked = shallStop(options, started) ? why : undefined;
    if (end.lost || isOver(end.observation)) return conclude(options, attempt, started, end, asked);
    return leftRunning(started, end.observation, attempt, why);
  } catch (error) {
    const job = startedBefore && jobReport(startedBefore);
    const message = `${gaveUp(why)}, and what became of its job cannot be told: ${messageOf(error)}`;
    return { outcome: 'left-running', attempt, error: message, ...(job && { job }) };
  }
}

/** Stops the job and awaits its end, or reads it where it cannot or shall not be stopped, or does not stop in time. */
async function stopOrRead(
  options: RunJobOptions,
  activities: Activities,
  input: StartJobInput,
  started: StartJobResult,
): Promise<AwaitJobResult> {
  if (shallStop(options, started)) {
    options.onProgress?.({ state: 'stopping', attempt: input.identity.attempt, job: jobReport(started) });
    await activities.stopJob(started.ref);
    const end = await within(STOP_TIMEOUT_MS, () => awaitEnd(activities, started, input));
    if (end) return end;
  }
  const observation = await activities.readJob(started.ref);
  // One read that does not find the job proves nothing: the service may not know a fresh job yet.
  return { lost: false, noticedAt: new Date().toISOString(), ...(observation && { observation }) };
}

function shallStop({ onCancel }: RunJobOptions, { canStop }: StartJobResult): boolean {
  return canStop && onCancel !== 'leave';
}

function gaveUp(why: Interruption): string {
  return why === 'cancelled' ? 'The step was cancelled' : 'The step timed out';
}

function isOver(seen: JobObservation | undefined): boolean {
  return seen?.state !== undefined && isTerminal(seen.state);
}

function withoutJob(why: Interruption, attempt: number): JobResult {
  return why === 'cancelled'
    ? { outcome: 'cancelled', attempt, error: 'Cancelled before there was a job' }
    : { outcome: 'rejected', attempt, error: 'The service did not start the job before its timeout; there is no job' };
}

function leftRunning(
  started: StartJobResult,
  seen: JobObservation | undefined,
  attempt: number,
  why: Interruption,
): JobResult {
  const reason = started.canStop ? 'it was not to be stopped, or did not stop in time' : 'its service cannot stop it';
  const error = `${gaveUp(why)}, but job ${started.ref.id} may still run (${seen?.rawStatus ?? 'not found when last read'}): ${reason}`;
  return { outcome: 'left-running', attempt, job: jobReport(started, seen), error };
}

function conclude(
  { gate }: RunJobOptions,
  attempt: number,
  started: StartJobResult,
  { observation, lost, noticedAt }: AwaitJobResult,
  interruption?: Interruption,
): AttemptResult {
  const { stoppedBy, ...end } = concludeJob(observation, { lost, gate, interruption });
  const job = { ...jobReport(started, observation), noticedAt, ...(stoppedBy && { stoppedBy }) };
  return { ...end, attempt, job };
}

/** The action's result, or nothing when it takes longer. */
async function within<T>(limitMs: number, action: () => Promise<T>): Promise<T | undefined> {
  const scope = new CancellationScope({ cancellable: true, timeout: limitMs });
  try {
    return await scope.run(action);
  } catch (error) {
    if (scope.consideredCancelled) return undefined;
    throw error;
  }
}

/** Whether the whole pause passed; a cancel ends it early. */
async function pause(delayMs: number): Promise<boolean> {
  try {
    await sleep(delayMs, { summary: 'before the next job attempt' });
    return true;
  } catch (error) {
    if (isCancellation(error)) return false;
    throw error;
  }
}
