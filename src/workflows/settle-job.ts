import { patched } from '@temporalio/workflow';
import type { AwaitJobResult } from '../activities/await-job.ts';
import type { StartJobInput, StartJobResult } from '../activities/start-job.ts';
import { INTERRUPTIONS, type Interruption } from '../pipeline/job-end.ts';
import { jobReport } from '../pipeline/job-report.ts';
import { isTerminal } from '../pipeline/job-state.ts';
import type { JobObservation } from '../pipeline/job.ts';
import { awaitEnd, conclude, warningsOf, type Activities } from './await-end.ts';
import { messageOf } from './failure-message.ts';
import { proven } from './prove-results.ts';
import type { JobResult, RunJobOptions } from './run-job-options.ts';
import { STOP_TIMEOUT_MS, within } from './within.ts';

/**
 * We have given up on the job: stops it where that is possible and wanted, and finds out what became of it. What cannot be
 * found out is never taken for an end.
 */
export async function settle(
  options: RunJobOptions,
  activities: Activities,
  input: StartJobInput,
  startedBefore: StartJobResult | undefined,
  why: Interruption,
): Promise<JobResult> {
  const { attempt } = input.identity;
  try {
    const started = startedBefore ?? (await activities.findStartedJob(input));
    if (!started) return input.earlierJob === 'known' ? lostJob(why, attempt) : withoutJob(why, attempt);
    const how = wayToEnd(options, started);
    const { end, obstacle } = await stopOrRead(options, activities, input, started, how);
    if (end.lost || isOver(end.observation)) {
      const result = conclude(options, attempt, started, end, how ? why : undefined);
      return await proven(options, activities, result, true);
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

export function withoutJob(why: Interruption, attempt: number): JobResult {
  return why === 'timed out'
    ? { outcome: 'rejected', attempt, error: 'The service did not start the job before its timeout; there is no job' }
    : { outcome: 'cancelled', attempt, error: `${INTERRUPTIONS[why]} before there was a job` };
}

/** An earlier run knew the job, so that there is none was not always true. */
function lostJob(why: Interruption, attempt: number): JobResult {
  return {
    outcome: 'lost',
    attempt,
    error: `${INTERRUPTIONS[why]}, and its service no longer knows the job that was there`,
  };
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
