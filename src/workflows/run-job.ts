import { ApplicationFailure, CancellationScope, isCancellation, sleep, workflowInfo } from '@temporalio/workflow';
import type { AwaitJobResult } from '../activities/await-job.ts';
import type { StartJobInput, StartJobResult } from '../activities/start-job.ts';
import { durationProblem, parseDuration } from '../pipeline/duration.ts';
import { isWorthAnotherAttempt } from '../pipeline/job-end.ts';
import { jobReport } from '../pipeline/job-report.ts';
import { JOB_GONE, JOB_UNSEEN } from '../pipeline/job.ts';
import type { JobOutcome } from '../pipeline/outcome.ts';
import { activitiesOn } from './activities.ts';
import { awaitEnd, conclude, warningsOf } from './await-end.ts';
import { failureTypeOf, messageOf, startDoubtOf } from './failure-message.ts';
import { proven } from './prove-results.ts';
import type { FirstAttempt, JobResult, RunJobOptions } from './run-job-options.ts';
import { settle, withoutJob } from './settle-job.ts';

/** First wait before another job attempt; it doubles with each. */
const NEXT_ATTEMPT_DELAY = '1m';
const LONGEST_NEXT_ATTEMPT_DELAY_MS = 60 * 60_000;

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
  const { number: first, ...earlier } = options.firstAttempt ?? { number: 1 };
  for (let attempt = first; ; attempt += 1) {
    const result = await runAttempt(options, attempt, attempt === first ? earlier : {});
    const submitted = attempt - first + 1;
    if (!isWorthAnotherAttempt(result, retry) || submitted >= (retry?.maxAttempts ?? 1)) return result;
    options.onProgress?.({ state: 'starting', attempt, ...(result.job && { job: result.job }) });
    const waitMs = Math.min(delayMs * 2 ** (submitted - 1), Math.max(delayMs, LONGEST_NEXT_ATTEMPT_DELAY_MS));
    if (!(await pause(waitMs))) return result;
  }
}

async function runAttempt(
  options: RunJobOptions,
  attempt: number,
  earlier: Omit<FirstAttempt, 'number'>,
): Promise<JobResult> {
  const activities = activitiesOn(options.taskQueue ?? workflowInfo().taskQueue, options.step);
  const input = { ...startInput(options, attempt), ...earlier };
  const timeout = options.timeout === undefined ? undefined : parseDuration(options.timeout);
  const scope = new CancellationScope({ cancellable: true, ...(timeout !== undefined && { timeout }) });
  let started: StartJobResult | undefined;
  try {
    const result = await scope.run(async () => {
      // Should the start be interrupted, a replay looks for its job there.
      const { region } = input;
      options.onProgress?.({ state: 'starting', attempt, ...(region !== undefined && { region }) });
      const job = await activities.startJob(input);
      started = job;
      options.onProgress?.({ state: 'running', attempt, job: jobReport(job), ...warningsOf(job) });
      const end = await awaitEnd(options, activities, job, input);
      if (end.stalled)
        return CancellationScope.nonCancellable(() => settle(options, activities, input, job, 'stalled'));
      if (end.gaveUp !== undefined) return outOfSight(job, attempt, end, end.gaveUp);
      return conclude(options, attempt, job, end);
    });
    // The timeout is for the job, not for the reading of what it wrote.
    return await proven(options, activities, result);
  } catch (error) {
    if (!scope.consideredCancelled) return lostSight(error, attempt, started);
    const isCancelled = CancellationScope.current().consideredCancelled;
    const why = isCancelled ? (options.whyCancelled?.() ?? 'cancelled') : 'timed out';
    if (!started && startDoubtOf(error)?.mayExist === false) return withoutJob(why, attempt);
    return await CancellationScope.nonCancellable(() => settle(options, activities, input, started, why));
  }
}

/** The wait was given up: the job may still run, and nobody can tell. */
function outOfSight(started: StartJobResult, attempt: number, { observation }: AwaitJobResult, why: string): JobResult {
  const error = `Job ${started.ref.id} may still run: ${why}`;
  return { outcome: 'left-running', attempt, error, job: jobReport(started, observation), ...warningsOf(started) };
}

/** The start, or rarely the wait, ended for good without a word of the service on how the job ended. */
function lostSight(error: unknown, attempt: number, started: StartJobResult | undefined): JobResult {
  const job = started && jobReport(started);
  const outcome = started ? 'left-running' : (OUTCOMES_OF_FAILED_STARTS[failureTypeOf(error) ?? ''] ?? 'rejected');
  return { outcome, attempt, error: messageOf(error), ...(job && { job }) };
}

const OUTCOMES_OF_FAILED_STARTS: Readonly<Record<string, JobOutcome>> = {
  [JOB_UNSEEN]: 'left-running',
  [JOB_GONE]: 'lost',
};

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
    ...(options.lowPriority && { lowPriority: true }),
  };
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
