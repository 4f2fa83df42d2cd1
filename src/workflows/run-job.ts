import {
  ApplicationFailure,
  CancellationScope,
  isCancellation,
  patched,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import type { StartJobInput, StartJobResult } from '../activities/start-job.ts';
import type { AwaitJobResult } from '../activities/await-job.ts';
import type { Gate, Json, RetryDefinition } from '../pipeline/definition.ts';
import { checkGate } from '../pipeline/gate.ts';
import { durationProblem, parseDuration } from '../pipeline/duration.ts';
import { concludeJob, INTERRUPTIONS, isWorthAnotherAttempt, type Interruption } from '../pipeline/job-end.ts';
import { jobReport } from '../pipeline/job-report.ts';
import { isTerminal } from '../pipeline/job-state.ts';
import { JOB_UNSEEN, type JobObservation } from '../pipeline/job.ts';
import type { JobOutcome } from '../pipeline/outcome.ts';
import type { JobReport, StepReport, StepState } from '../pipeline/report.ts';
import { verificationObjection } from '../pipeline/verification.ts';
import { activitiesOn } from './activities.ts';
import { failureTypeOf, messageOf, startDoubtOf } from './failure-message.ts';

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
  gate?: Gate;
  /** Read the result files of a succeeded job and hold them to what the service promises. */
  verify?: boolean;
  /** Look before paying whether what the request names exists and can be used; true when absent. */
  preflight?: boolean;
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

export interface JobProgress {
  state: Exclude<StepState, 'waiting' | 'ended'>;
  attempt: number;
  job?: JobReport;
  warnings?: string[];
}

export interface JobResult extends Pick<StepReport, 'cause' | 'warnings'> {
  /** `cancelled`: before there was a job. */
  outcome: JobOutcome | 'cancelled';
  attempt: number;
  job?: JobReport;
  /** Why the outcome is not `succeeded`, for a person. */
  error?: string;
}

type Activities = ReturnType<typeof activitiesOn>;

/** First wait before another job attempt; it doubles with each. */
const NEXT_ATTEMPT_DELAY = '1m';
const LONGEST_NEXT_ATTEMPT_DELAY_MS = 60 * 60_000;
/** How long a service may take to stop a job before we say that it still runs. */
const STOP_TIMEOUT_MS = 15 * 60_000;

/**
 * Runs a job at its service to its end and says what became of it, whatever happens: it never throws for the job's sake.
 * Once per step and job attempt a job is started or, where it exists already, adopted; then it is awaited; a success has to pass
 * the gate; a failure on the service's side is worth another attempt. On cancel or timeout the job is stopped where its
 * service can, and the result is what really became of it.
 */
export async function runJob(options: RunJobOptions): Promise<JobResult> {
  const { retry, timeout, stallAfter } = options;
  assertDuration('timeout', timeout);
  assertDuration('stallAfter', stallAfter);
  assertDuration('retry.delay', retry?.delay);
  const delayMs = parseDuration(retry?.delay ?? NEXT_ATTEMPT_DELAY);
  for (let attempt = 1; ; attempt += 1) {
    const result = await runAttempt(options, attempt);
    if (!isWorthAnotherAttempt(result, retry) || attempt >= (retry?.maxAttempts ?? 1)) return result;
    options.onProgress?.({ state: 'starting', attempt, ...(result.job && { job: result.job }) });
    const waitMs = Math.min(delayMs * 2 ** (attempt - 1), Math.max(delayMs, LONGEST_NEXT_ATTEMPT_DELAY_MS));
    if (!(await pause(waitMs))) return result;
  }
}

async function runAttempt(options: RunJobOptions, attempt: number): Promise<JobResult> {
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
      options.onProgress?.({ state: 'running', attempt, job: jobReport(job), ...warningsOf(job) });
      const end = await awaitEnd(options, activities, job, input);
      if (end.stalled)
        return CancellationScope.nonCancellable(() => settle(options, activities, input, job, 'stalled'));
      if (end.gaveUp !== undefined) return outOfSight(job, attempt, end, end.gaveUp);
      return await proven(options, activities, job, conclude(options, attempt, job, end));
    });
  } catch (error) {
    if (!scope.consideredCancelled) return lostSight(error, attempt, started);
    const isCancelled = CancellationScope.current().consideredCancelled;
    const why = isCancelled ? (options.whyCancelled?.() ?? 'cancelled') : 'timed out';
    if (!started && startDoubtOf(error)?.mayExist === false) return withoutJob(why, attempt);
    return await CancellationScope.nonCancellable(() => settle(options, activities, input, started, why));
  }
}

function warningsOf({ warnings }: StartJobResult): Pick<JobResult, 'warnings'> {
  return warnings ? { warnings } : {};
}

/** A success that its step wants proven is one only when the results are what the service promises. */
async function proven(
  { verify, gate, with: request }: RunJobOptions,
  activities: Activities,
  { ref }: StartJobResult,
  result: JobResult,
): Promise<JobResult> {
  if (!verify || !result.job || result.outcome !== 'succeeded') return result;
  const { records } = result.job;
  const input = { ref, request, ...(records && { records }) };
  try {
    const verification = await activities.verifyJob(input);
    const counted = { ...verification.records, ...records };
    const job = { ...result.job, records: counted, verification };
    const objection = verificationObjection(verification) ?? checkGate(gate ?? {}, counted);
    if (objection === undefined) return { ...result, job };
    return {
      ...result,
      outcome: 'failed',
      job,
      error: `The job succeeded, but its results are not proven: ${objection}`,
    };
  } catch (error) {
    const isGivenUp = CancellationScope.current().consideredCancelled;
    return unproven(result, isGivenUp ? 'the step was given up' : messageOf(error));
  }
}

function unproven(result: JobResult, why: string): JobResult {
  return { ...result, outcome: 'failed', error: `The job succeeded, but its results could not be verified: ${why}` };
}

/** The wait was given up: the job may still run, and nobody can tell. */
function outOfSight(started: StartJobResult, attempt: number, { observation }: AwaitJobResult, why: string): JobResult {
  const error = `Job ${started.ref.id} may still run: ${why}`;
  return { outcome: 'left-running', attempt, error, job: jobReport(started, observation), ...warningsOf(started) };
}

/** The start, or rarely the wait, ended for good without a word of the service on how the job ended. */
function lostSight(error: unknown, attempt: number, started: StartJobResult | undefined): JobResult {
  const mayRun = started !== undefined || failureTypeOf(error) === JOB_UNSEEN;
  const job = started && jobReport(started);
  return { outcome: mayRun ? 'left-running' : 'rejected', attempt, error: messageOf(error), ...(job && { job }) };
}

/** An error of any other kind would make Temporal try the workflow for ever. */
function assertDuration(what: string, duration: string | undefined): void {
  const problem = duration === undefined ? undefined : durationProblem(duration);
  if (problem !== undefined) throw ApplicationFailure.nonRetryable(`${what}: ${problem}`, 'InvalidInput');
}

function startInput(options: RunJobOptions, attempt: number): StartJobInput {
  const { namespace, workflowId } = workflowInfo();
  const fanOut = options.fanOutKey === undefined ? {} : { fanOutKey: options.fanOutKey };
  return {
    service: options.uses,
    identity: { namespace, runKey: workflowId, step: options.step, ...fanOut, attempt },
    request: options.with,
    ...(options.region !== undefined && { region: options.region }),
    ...(options.preflight !== undefined && { preflight: options.preflight }),
  };
}

function awaitEnd(
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
    const how = wayToEnd(options, started);
    const { end, obstacle } = await stopOrRead(options, activities, input, started, how);
    if (end.lost || isOver(end.observation)) {
      const result = conclude(options, attempt, started, end, how ? why : undefined);
      const proof = await within(STOP_TIMEOUT_MS, () => proven(options, activities, started, result));
      return proof ?? unproven(result, 'that took too long');
    }
    return leftRunning(started, end.observation, attempt, why, obstacle);
  } catch (error) {
    const job = startedBefore && jobReport(startedBefore);
    const message = `${INTERRUPTIONS[why]}, and what became of its job cannot be told: ${messageOf(error)}`;
    return { outcome: 'left-running', attempt, error: message, ...(job && { job }) };
  }
}

interface Settled {
  end: AwaitJobResult;
  /** Why the job may still run, if it does. */
  obstacle: string;
}

/** Ends the job and awaits that, or reads it where it cannot or shall not be ended, or does not end in time. */
async function stopOrRead(
  options: RunJobOptions,
  activities: Activities,
  input: StartJobInput,
  started: StartJobResult,
  how: WayToEnd | undefined,
): Promise<Settled> {
  let obstacle = whyNotEnded(options, started);
  if (how) {
    options.onProgress?.({ state: 'stopping', attempt: input.identity.attempt, job: jobReport(started) });
    try {
      await activities.stopJob({ ...started.ref, by: how });
      const { stallAfter: _, ...patient } = options;
      const end = await within(STOP_TIMEOUT_MS, () => awaitEnd(patient, activities, started, input));
      if (end && end.gaveUp === undefined) return { end, obstacle };
    } catch (error) {
      // Runs of 0.1 looked no further.
      if (!patched('read-after-failed-stop')) throw error;
      obstacle = `it could not be ended (${messageOf(error)})`;
    }
  }
  const observation = await activities.readJob(started.ref);
  // One read that does not find the job proves nothing: the service may not know a fresh job yet.
  const end = { lost: false, noticedAt: new Date().toISOString(), ...(observation && { observation }) };
  return { end, obstacle };
}

type WayToEnd = 'stop' | 'delete';

function wayToEnd({ onCancel }: RunJobOptions, { canStop, canDelete }: StartJobResult): WayToEnd | undefined {
  if (onCancel === 'leave') return undefined;
  if (canStop) return 'stop';
  return onCancel === 'delete' && canDelete ? 'delete' : undefined;
}

function whyNotEnded({ onCancel }: RunJobOptions, { canStop, canDelete }: StartJobResult): string {
  if (onCancel === 'leave') return 'its step says onCancel: leave';
  if (canStop || (onCancel === 'delete' && canDelete)) return 'it did not stop in time';
  return canDelete ? 'its service cannot stop it (onCancel: delete would delete it)' : 'its service cannot stop it';
}

function isOver(seen: JobObservation | undefined): boolean {
  return seen?.state !== undefined && isTerminal(seen.state);
}

function withoutJob(why: Interruption, attempt: number): JobResult {
  return why === 'timed out'
    ? { outcome: 'rejected', attempt, error: 'The service did not start the job before its timeout; there is no job' }
    : { outcome: 'cancelled', attempt, error: `${INTERRUPTIONS[why]} before there was a job` };
}

function leftRunning(
  started: StartJobResult,
  seen: JobObservation | undefined,
  attempt: number,
  why: Interruption,
  obstacle: string,
): JobResult {
  const status = seen?.rawStatus ?? 'not found when last read';
  const error = `${INTERRUPTIONS[why]}, but job ${started.ref.id} may still run (${status}): ${obstacle}`;
  return { outcome: 'left-running', attempt, job: jobReport(started, seen), error, ...warningsOf(started) };
}

function conclude(
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
