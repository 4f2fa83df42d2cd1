import { CancellationScope, workflowInfo } from '@temporalio/workflow';
import type { Json, StepDefinition } from '../pipeline/definition.ts';
import { runValues, type ExpressionContext } from '../pipeline/expressions/expression-context.ts';
import { evaluateCondition, renderWith } from '../pipeline/expressions/expression.ts';
import { inputHash } from '../pipeline/input-hash.ts';
import { INTERRUPTIONS, type Interruption } from '../pipeline/job-end.ts';
import type { LoadedPipeline } from '../pipeline/loaded-pipeline.ts';
import { DEFAULT_CONDITION } from '../pipeline/plan.ts';
import { sourcesOf, wayOn, type EarlierStep, type Way } from '../pipeline/replay.ts';
import { activitiesOn } from './activities.ts';
import { messageOf } from './failure-message.ts';
import type { RunJobOptions } from './run-job-options.ts';
import { runJob } from './run-job.ts';
import type { RunRecord, StepEnd } from './run-record.ts';

type StepInput = { [member: string]: Json };

/** A step in its place in the plan. */
export interface StepOfPlan {
  id: string;
  /** Its direct and indirect needs, whose results its expressions see. */
  needs: readonly string[];
  /** Whether the run was asked to run it again, whatever earlier runs left of it. */
  isAskedFor: boolean;
}

/** Runs one step whose needs, direct and indirect, have ended. Never throws for the step's sake: how it ended is in the record. */
export async function runStep(
  planned: StepOfPlan,
  loaded: LoadedPipeline,
  record: RunRecord,
  whyCancelled: WhyCancelled,
): Promise<void> {
  const { id } = planned;
  const isCancelled = () => CancellationScope.current().consideredCancelled;
  try {
    const end = isCancelled() ? notBegun(whyCancelled()) : await beginStep(planned, loaded, record, whyCancelled);
    record.stepEnded(id, end);
  } catch (error) {
    record.stepEnded(id, { ...neverBegun(isCancelled() ? 'cancelled' : 'failed'), error: messageOf(error) });
  }
}

/** Why a step was cancelled, once it was. */
export type WhyCancelled = () => Interruption;

function notBegun(why: Interruption): StepEnd {
  return {
    ...neverBegun('cancelled'),
    ...(why !== 'cancelled' && { error: `${INTERRUPTIONS[why]} before the step began` }),
  };
}

function neverBegun(outcome: 'cancelled' | 'skipped' | 'failed'): StepEnd {
  return { outcome, attempt: 0 };
}

async function beginStep(
  planned: StepOfPlan,
  loaded: LoadedPipeline,
  record: RunRecord,
  whyCancelled: WhyCancelled,
): Promise<StepEnd> {
  const { definition, params, kinds } = loaded;
  const { id, needs, isAskedFor } = planned;
  const step = definition.steps[id];
  if (!step) throw new Error(`Pipeline ${definition.name} has no step ${id}`);
  const context: ExpressionContext = {
    run: runValues(definition, record.report.run.key),
    params,
    paramDefinitions: definition.params,
    steps: record.valuesOf(needs),
  };
  if (!evaluateCondition(step.if ?? DEFAULT_CONDITION, context)) return neverBegun('skipped');
  const input = renderWith(step.with, context) as StepInput;
  const hash = inputHash(step, input);
  const builtOn = record.resultsOf(sourcesOf(step, needs));
  const { earlier, redoneSources } = record.beforeStep(id, builtOn);
  const isForced = isAskedFor || earlier?.isDue === true;
  const { way } = wayOn(earlier, { isJob: kinds[id] === 'job', inputHash: hash, isForced, redoneSources });
  record.stepBegins(id, way, { inputHash: hash, builtOn });
  if (way === 'reuse' && earlier) return reuse(earlier);
  return kinds[id] === 'job'
    ? runJobStep(id, inRegion(step, loaded), input, record, whyCancelled, firstAttempt(way, earlier))
    : runFollowUpStep(id, inRegion(step, loaded), input, record, (earlier?.attempt ?? 0) + 1);
}

/** All of a run goes to one region, whichever worker does it: a start that another worker takes over looks for its job where that may be. */
function inRegion(step: StepDefinition, { region }: LoadedPipeline): StepDefinition {
  return region === undefined ? step : { region, ...step };
}

/** The step ended so in an earlier run, and nothing of it is done again. */
function reuse({ attempt, job, outputs, runId }: EarlierStep): StepEnd {
  return { outcome: 'succeeded', attempt, reused: { runId }, ...(job && { job }), ...(outputs && { outputs }) };
}

function firstAttempt(way: Way, earlier: EarlierStep | undefined): Pick<RunJobOptions, 'firstAttempt'> {
  if (!earlier) return {};
  const { attempt, job, region = job?.region } = earlier;
  if (way !== 'adopt') return { firstAttempt: { number: attempt + 1 } };
  const earlierJob = job ? 'known' : 'in doubt';
  return { firstAttempt: { number: attempt, earlierJob, ...(region !== undefined && { region }) } };
}

function runJobStep(
  id: string,
  step: StepDefinition,
  input: StepInput,
  record: RunRecord,
  whyCancelled: WhyCancelled,
  first: Pick<RunJobOptions, 'firstAttempt'>,
): Promise<StepEnd> {
  const { description: _description, needs: _needs, if: _if, with: _with, ...options } = step;
  return runJob({
    ...options,
    ...first,
    with: input,
    step: id,
    lowPriority: record.report.run.replay !== undefined,
    whyCancelled,
    onProgress: (progress) => record.stepChanged(id, progress),
  });
}

async function runFollowUpStep(
  id: string,
  { uses, region }: StepDefinition,
  input: StepInput,
  record: RunRecord,
  attempt: number,
): Promise<StepEnd> {
  record.stepChanged(id, { state: 'running', attempt });
  const { runFollowUp } = activitiesOn(workflowInfo().taskQueue, id);
  try {
    const outputs = await runFollowUp({ uses, with: input, ...(region !== undefined && { region }) });
    return { outcome: 'succeeded', attempt, outputs };
  } catch (error) {
    if (!CancellationScope.current().consideredCancelled)
      return { outcome: 'failed', attempt, error: messageOf(error) };
    return { outcome: 'stopped', attempt, error: 'Cancelled while it ran: it may be half done' };
  }
}
