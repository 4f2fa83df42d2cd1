import {
  ApplicationFailureCategory,
  defineSearchAttributeKey,
  SearchAttributeType,
  WorkflowExecutionAlreadyStartedError,
} from '@temporalio/common';
import {
  ApplicationFailure,
  CancellationScope,
  ChildWorkflowCancellationType,
  ChildWorkflowFailure,
  executeChild,
  isCancellation,
  ParentClosePolicy,
  upsertMemo,
  workflowInfo,
} from '@temporalio/workflow';
import type { AwaitRunResult } from '../activities/await-run.ts';
import { periodKey, runKey } from '../pipeline/run-key.ts';
import { SEARCH_ATTRIBUTE_KEYS } from '../temporal/search-attribute-keys.ts';
import { activitiesOn } from './activities.ts';
import { messageOf } from './failure-message.ts';
import type { runPipeline, RunPipelineInput } from './run-pipeline.ts';

export interface ScheduledRunInput {
  /** Name of a pipeline that the workers have the file of. */
  pipeline: string;
}

export interface ScheduledRunResult {
  /** The run key. */
  run: string;
  /**
   * `started`: this workflow started the run and waited for it. `joined`: somebody else had started it, it still ran, and was waited for.
   * `ended-before`: the period had its run already.
   */
  how: 'started' | 'joined' | 'ended-before';
  /** How the run ended: `succeeded`, or `cancelled` when somebody cancelled it; one that had ended before may have ended in any way. */
  status: string;
}

/** Temporal sets it on what a schedule starts: the time that the schedule says, however late it is by then, without jitter. */
const SCHEDULED_TIME = defineSearchAttributeKey('TemporalScheduledStartTime', SearchAttributeType.DATETIME);

/**
 * Runs a pipeline for the period of the scheduled time, in the pipeline's own zone, and waits for that run. Started by hand, the time at which it
 * was started takes the place of the scheduled one. A period runs once: when it has its run already, that run is waited for instead,
 * or nothing is done when it has ended.
 *
 * Fails as `PipelineFailed` when the run that it waited for failed, so that `pauseOnFailure` sees it. Completes when somebody cancelled that
 * run: a person's cancel is no failure. A cancel of its own is handed on to a run that it started, and to no other.
 */
export async function scheduledRun(input: ScheduledRunInput): Promise<ScheduledRunResult> {
  assertInput(input);
  const { pipeline } = input;
  const key = await keyOfScheduledTime(pipeline);
  const run = runKey(pipeline, key);
  // Where the list of schedules finds what came of it.
  upsertMemo({ run });
  try {
    await executeChild<typeof runPipeline>('runPipeline', {
      workflowId: run,
      args: [{ pipeline, key, trigger: 'schedule' } satisfies RunPipelineInput],
      typedSearchAttributes: [{ key: SEARCH_ATTRIBUTE_KEYS.period, value: key }],
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
      parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
      cancellationType: ChildWorkflowCancellationType.WAIT_CANCELLATION_COMPLETED,
    });
    return { run, how: 'started', status: 'succeeded' };
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return join(run);
    if (CancellationScope.current().consideredCancelled || !(error instanceof ChildWorkflowFailure)) throw error;
    if (isCancellation(error)) return { run, how: 'started', status: 'cancelled' };
    throw pipelineFailed(run, messageOf(error));
  }
}

/** Any other error than an ApplicationFailure would make Temporal try for ever. */
function assertInput(input: Partial<ScheduledRunInput> | undefined | null): asserts input is ScheduledRunInput {
  if (typeof input?.pipeline === 'string') return;
  throw ApplicationFailure.nonRetryable(
    'scheduledRun takes one argument, { "pipeline": "<name>" }. Nothing was started.',
    'InvalidInput',
  );
}

async function keyOfScheduledTime(pipeline: string): Promise<string> {
  const { startTime, taskQueue, typedSearchAttributes } = workflowInfo();
  try {
    const { period, zone } = await activitiesOn(taskQueue, 'which period').periodOfPipeline({ pipeline });
    return periodKey(period, typedSearchAttributes.get(SCHEDULED_TIME) ?? startTime, zone);
  } catch (error) {
    if (isCancellation(error)) throw error;
    throw ApplicationFailure.nonRetryable(`${messageOf(error)} Nothing was started.`, 'InvalidInput');
  }
}

/** Waits for a run that somebody else has started. */
async function join(run: string): Promise<ScheduledRunResult> {
  const { status, endedBefore, error } = await waitFor(run);
  if (endedBefore) return { run, how: 'ended-before', status };
  if (status === 'succeeded' || status === 'cancelled') return { run, how: 'joined', status };
  throw pipelineFailed(run, error ?? `It ended as ${status}`);
}

async function waitFor(run: string): Promise<AwaitRunResult> {
  try {
    return await activitiesOn(workflowInfo().taskQueue, `wait for ${run}`).awaitRun({ run });
  } catch (error) {
    if (isCancellation(error)) throw error;
    throw ApplicationFailure.nonRetryable(messageOf(error), 'InvalidInput');
  }
}

function pipelineFailed(run: string, reason: string): ApplicationFailure {
  const said = `Run ${run} failed`;
  return ApplicationFailure.create({
    type: 'PipelineFailed',
    message: reason.startsWith(said) ? reason : `${said}: ${reason}`,
    // The run has logged it already.
    category: ApplicationFailureCategory.BENIGN,
    nonRetryable: true,
  });
}
