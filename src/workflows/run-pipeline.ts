import { ApplicationFailureCategory } from '@temporalio/common';
import {
  ApplicationFailure,
  CancellationScope,
  CancelledFailure,
  defineQuery,
  defineUpdate,
  isCancellation,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { LoadedPipeline } from '../pipeline/loaded-pipeline.ts';
import type { Params, PipelineDefinition } from '../pipeline/definition.ts';
import { parseDuration } from '../pipeline/duration.ts';
import { planSteps } from '../pipeline/plan.ts';
import { hasBegunSteps, stepsAskedFor, type ReplayInput } from '../pipeline/replay.ts';
import { shrinkReport } from '../pipeline/report-size.ts';
import type { RunReport } from '../pipeline/report.ts';
import { runKey } from '../pipeline/run-key.ts';
import { runOutcome } from '../pipeline/run-outcome.ts';
import { activitiesOn } from './activities.ts';
import { messageOf } from './failure-message.ts';
import { RunRecord } from './run-record.ts';
import { runStep, type WhyCancelled } from './run-step.ts';

export interface RunPipelineInput {
  /** A pipeline by name, which the worker loads, or a whole definition. */
  pipeline: string | PipelineDefinition;
  /** The period, or the key that tells runs of a pipeline without a period apart. */
  key: string;
  params?: Params;
  /** Who or what asked for the run, for people. */
  trigger?: string;
  /** Where to go on when an earlier run under the key has ended. */
  replay?: ReplayInput;
}

/** All that a replay of the run has to know, and no more: a query's answer may take 2 MB. */
export interface RunMemory {
  steps: RunReport['steps'];
  /** The step that it was asked to run again, with all that need it. */
  from?: string;
  /** As they were given. */
  params: Params;
  /** What the runs before it left of steps that it does not have. */
  leftOfOthers: ReplayInput['steps'];
  /** As it was loaded; absent when that failed. */
  definition?: PipelineDefinition;
  /** What it was to load, where that failed. */
  unloaded?: string | PipelineDefinition;
}

/** Temporal keeps long failures out of sight; the report, in the details, has everything. */
const MAX_MESSAGE_LENGTH = 4_000;

/** What is known of the run now; the same as the memo `report` once it has ended. */
export const reportQuery = defineQuery<RunReport>('report');

/** What a replay of the run builds on; also of runs that have ended, however they did. */
export const memoryQuery = defineQuery<RunMemory>('memory');

/**
 * Cancels one step of the run, by its id: its job is stopped where its service can, steps that need it are skipped, and the others go on.
 * Returns once the step is told; the report says what became of it.
 */
export const cancelStepUpdate = defineUpdate<void, [step: string]>('cancelStep');

/**
 * Runs a pipeline. The workflow's id must be its run key, `<pipeline>/<key>`. Each step begins when the steps that it needs
 * have ended. Completes with the report when the run succeeded; fails as `PipelineFailed`, with the report as details, when a step
 * failed; is cancelled when it was cancelled and a step did not succeed for it.
 */
export async function runPipeline(input: RunPipelineInput): Promise<RunReport> {
  assertInput(input);
  const record = new RunRecord(input);
  setHandler(reportQuery, () => record.report, { description: 'What is known of the run and its jobs' });
  setHandler(memoryQuery, () => memoryOf(input, record), { description: 'What a replay of the run builds on' });
  const loaded = await load(input, record);
  record.planned(loaded.definition);
  const isTimedOut = await runSteps(loaded, record);
  return finish(record, isTimedOut ? loaded.definition.timeout : undefined);
}

function memoryOf({ pipeline, params = {} }: RunPipelineInput, record: RunRecord): RunMemory {
  const { report, definition, leftOfOthers } = record;
  const { from } = report.run.replay ?? {};
  return {
    steps: asSmallAsNeeded(report).steps,
    ...(from !== undefined && { from }),
    params,
    leftOfOthers,
    ...(definition ? { definition } : { unloaded: pipeline }),
  };
}

/** Only a run that has ended in order has shrunk its report. */
function asSmallAsNeeded(report: RunReport): RunReport {
  const copy = JSON.parse(JSON.stringify(report)) as RunReport;
  shrinkReport(copy);
  return copy;
}

/** Anybody can start the workflow with anything; an error that is no ApplicationFailure would make Temporal try for ever. */
function assertInput(input: Partial<RunPipelineInput> | undefined | null): asserts input is RunPipelineInput {
  const { pipeline, key, params } = input ?? {};
  const isNamed = typeof pipeline === 'string' || typeof pipeline?.name === 'string';
  if (isNamed && typeof key === 'string' && typeof (params ?? {}) === 'object') return;
  const expected = '{ "pipeline": "<name>" or a definition, "key": "<period or key>", "params": { … } }';
  throw ApplicationFailure.nonRetryable(
    `runPipeline takes one argument, ${expected}. Nothing was started.`,
    'InvalidInput',
  );
}

async function load(input: RunPipelineInput, record: RunRecord): Promise<LoadedPipeline> {
  const { pipeline, key } = input;
  // Other SDKs send null for a mapping that is not there.
  const params = input.params ?? {};
  try {
    assertWorkflowId(runKey(typeof pipeline === 'string' ? pipeline : pipeline.name, key));
    const wasRightOnce = hasBegunSteps(input.replay?.steps ?? {});
    return await activitiesOn(workflowInfo().taskQueue, 'load and check').loadPipeline({
      pipeline,
      key,
      params,
      wasRightOnce,
    });
  } catch (error) {
    const cancelled = CancellationScope.current().consideredCancelled;
    record.end(cancelled ? 'cancelled' : 'failed', messageOf(error));
    throw cancelled ? new CancelledFailure('The run was cancelled') : pipelineFailed(record.report);
  }
}

/** Temporal keeps workflow ids unique: only so can a run key run once at a time. */
function assertWorkflowId(expected: string): void {
  const { workflowId } = workflowInfo();
  if (workflowId !== expected) {
    throw new Error(
      `The workflow id must be the run key "${expected}", but it is "${workflowId}". Nothing was started.`,
    );
  }
}

/** Runs every step once the steps that it needs have ended; tells whether the run's own time was over before that. */
async function runSteps(loaded: LoadedPipeline, record: RunRecord): Promise<boolean> {
  const { timeout } = loaded.definition;
  const ownTime = new CancellationScope({
    cancellable: true,
    ...(timeout !== undefined && { timeout: parseDuration(timeout) }),
  });
  const run = CancellationScope.current();
  const isTimedOut = () => ownTime.consideredCancelled && !run.consideredCancelled;
  try {
    await ownTime.run(() => runPlan(loaded, record, () => (isTimedOut() ? 'run timed out' : 'cancelled')));
  } catch (error) {
    // The steps have ended as far as their jobs allow; only the scope itself says that it was cancelled.
    if (!isCancellation(error)) throw error;
  }
  return isTimedOut();
}

async function runPlan(loaded: LoadedPipeline, record: RunRecord, whyCancelled: WhyCancelled): Promise<void> {
  const plan = planSteps(loaded.definition);
  const ended = new Map<string, Promise<void>>();
  const asked = stepsAskedFor(record.report.run.replay?.from, plan);
  const scopes = new Map(plan.order.map((id) => [id, new CancellationScope()]));
  setHandler(cancelStepUpdate, (id) => scopes.get(id)?.cancel(), {
    description: 'Cancels one step of the run, by its id',
    validator: (id) => assertCanCancel(id, record.report),
  });
  for (const id of plan.order) {
    const needs = plan.directNeeds.get(id) ?? [];
    const whenNeedsHaveEnded = Promise.all(needs.flatMap((need) => ended.get(need) ?? []));
    const step = { id, needs: plan.allNeeds.get(id) ?? [], isAskedFor: asked.has(id) };
    ended.set(
      id,
      whenNeedsHaveEnded.then(() => scopes.get(id)?.run(() => runStep(step, loaded, record, whyCancelled))),
    );
  }
  await Promise.all(ended.values());
}

function assertCanCancel(id: string, { run, steps }: RunReport): void {
  const step = steps[id];
  const problem = !step
    ? `Run ${run.id} has no step ${JSON.stringify(id)}; it has ${Object.keys(steps).join(', ')}`
    : step.outcome && `Step ${id} of run ${run.id} has ended already (${step.outcome})`;
  if (problem !== undefined)
    throw ApplicationFailure.nonRetryable(`${problem}. Nothing was cancelled.`, 'InvalidInput');
}

function finish(record: RunRecord, timeout: string | undefined): RunReport {
  const cancelled = CancellationScope.current().consideredCancelled;
  const outcome = runOutcome(record.stepOutcomes(), cancelled);
  record.end(outcome, timeout === undefined ? undefined : `The run timed out: it may take ${timeout}`);
  if (outcome === 'failed') throw pipelineFailed(record.report);
  if (outcome === 'cancelled') throw new CancelledFailure('The run was cancelled', [record.report]);
  return record.report;
}

function pipelineFailed(report: RunReport): ApplicationFailure {
  const failures = Object.entries(report.steps).flatMap(([id, { error }]) =>
    error === undefined ? [] : [`${id}: ${error}`],
  );
  const message = [report.error ?? `Run ${report.run.id} failed`, ...failures].join('\n').slice(0, MAX_MESSAGE_LENGTH);
  return ApplicationFailure.create({
    type: 'PipelineFailed',
    message,
    details: [report],
    // The record has logged it already, in one line.
    category: ApplicationFailureCategory.BENIGN,
    nonRetryable: true,
  });
}
