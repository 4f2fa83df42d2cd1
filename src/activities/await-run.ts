import { setTimeout as delay } from 'node:timers/promises';
import { activityInfo, cancellationSignal, getClient } from '@temporalio/activity';
import { WorkflowNotFoundError, type WorkflowExecutionDescription, type WorkflowHandle } from '@temporalio/client';
import { failureOf } from '../client/run-failure.ts';
import { statusOf, type RunStatus } from '../client/run-summary.ts';
import { farewell } from './farewell.ts';
import { rejection } from './failures.ts';
import { Pulse } from './pulse.ts';

/**
 * Between two looks. Waiting for the result itself would keep the worker from shutting down: a native connection does not give up a
 * call that is under way (`withAbortSignal`, seen with 1.24).
 */
const LOOK_INTERVAL_MS = 2_000;

export interface AwaitRunInput {
  /** The run key. */
  run: string;
}

export interface AwaitRunResult {
  /** How the run ended. */
  status: RunStatus;
  /** There was nothing to wait for. */
  endedBefore: boolean;
  /** What the run failed of, for a person. */
  error?: string;
}

/**
 * Holds until a run has ended that somebody else started. A worker that shuts down hands the wait over to another one; a cancel ends the
 * wait, and the run goes on.
 */
export async function awaitRun({ run }: AwaitRunInput): Promise<AwaitRunResult> {
  // An attempt before this one saw it run.
  const hasWaited = activityInfo().heartbeatDetails !== undefined;
  const { runId, ...first } = await describeRun(run);
  if (statusOf(first) !== 'running') return { status: statusOf(first), endedBefore: !hasWaited };
  const pulse = new Pulse({ run });
  try {
    for (;;) {
      await delay(LOOK_INTERVAL_MS, undefined, { signal: cancellationSignal() });
      const status = statusOf(await describeRun(run, runId));
      if (status !== 'running') return { status, endedBefore: false, ...(await failureOf(handleOf(run, runId))) };
    }
  } catch (error) {
    throw cancellationSignal().aborted ? farewell('The wait for the run') : error;
  } finally {
    pulse.stop();
  }
}

function handleOf(run: string, runId?: string): WorkflowHandle {
  return getClient().workflow.getHandle(run, runId);
}

async function describeRun(run: string, runId?: string): Promise<WorkflowExecutionDescription> {
  try {
    return await handleOf(run, runId).describe();
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
    throw rejection(`Run ${run} was there, and Temporal's retention has removed it before it could be read.`);
  }
}
