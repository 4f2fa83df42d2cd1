import {
  WorkflowExecutionAlreadyStartedError,
  type Client,
  type WorkflowExecutionDescription,
} from '@temporalio/client';
import type { LoadedPipeline } from '../pipeline/loaded-pipeline.ts';
import type { Params, PipelineDefinition } from '../pipeline/definition.ts';
import { planReplay, reusesAll, type PlannedStep } from '../pipeline/replay-plan.ts';
import { hasBegunSteps, isJudgedOtherwise, type EarlierStep } from '../pipeline/replay.ts';
import { parseRunKey } from '../pipeline/run-key.ts';
import { suggestionFor, withSuggestion } from '../pipeline/suggestion.ts';
import type { RunMemory, RunPipelineInput } from '../workflows/run-pipeline.ts';
import { InvalidInputError, RunStateError } from './errors.ts';
import { replayWarnings } from './replay-warnings.ts';
import { knownDefinition, memoryOf, stepsLeft } from './run-memory.ts';
import { BATCH, statusOf } from './run-summary.ts';
import { startRunWorkflow } from './start-run-workflow.ts';

export interface ReplayOptions {
  /** The run key. */
  run: string;
  /** Run this step again, and all that need it, even if they succeeded. */
  from?: string;
  /** The definition to replay with; the one that the run had when absent. */
  definition?: PipelineDefinition;
  /** Parameters that differ from those of the run, or what gives them once the definition is known. */
  params?: Params | ((definition: PipelineDefinition) => Params);
}

export interface ReplayStartOptions extends ReplayOptions {
  /** Why, for people. */
  reason?: string;
  /** Who or what asks for the replay, for people. */
  trigger?: string;
  /** Names the command that replays many runs at once. */
  batch?: string;
}

/** What a replay will do. */
export interface ReplayPlan {
  /** The run key. */
  run: string;
  /** Temporal run id of the run that is replayed. */
  of: string;
  steps: PlannedStep[];
  /** How many steps pay for a job once more. */
  paysAgain: number;
  /** The run succeeded, and a replay would only reuse what it made: it is refused. */
  isNothingToDo: boolean;
  /** What a person should know before. */
  warnings: string[];
}

/** What is told of a replay when it is started. */
export type ToldOfReplay = Pick<ReplayStartOptions, 'reason' | 'batch' | 'trigger'>;

/** A plan, and the means to carry out what it says and nothing else. */
export interface ReadyReplay {
  plan: ReplayPlan;
  /** What it goes by. */
  definition: PipelineDefinition;
  /**
   * Starts it, and gives the Temporal run id. Starts nothing, and throws an InvalidInputError, when there is nothing to do or somebody else has
   * replayed the run since.
   */
  start: (told?: ToldOfReplay) => Promise<string>;
}

/** A plan, and what a run that carries it out is started with. */
export interface PreparedReplay {
  plan: ReplayPlan;
  input: RunPipelineInput & { pipeline: PipelineDefinition };
}

/**
 * Looks at what a run that has ended left, and at its jobs that may have ended since, and plans its replay. Throws an InvalidInputError, with
 * everything that is wrong, when it cannot be replayed so.
 */
export async function prepareReplay(
  client: Client,
  taskQueue: string,
  { workflowId: run, runId: of, ...description }: WorkflowExecutionDescription,
  { from, definition: given, params: changed }: ReplayOptions,
): Promise<PreparedReplay> {
  const status = statusOf(description);
  if (status === 'running') {
    throw new RunStateError([
      `Run ${run} still runs, so it cannot be replayed: wait for its end (nightscore watch ${run}) or cancel it first.`,
    ]);
  }
  const memory = await memoryOf(client, run, of);
  const definition = given ?? definitionOf(memory, run);
  const { pipeline, key } = parseRunKey(run);
  if (definition.name !== pipeline) {
    throw new InvalidInputError([
      `Run ${run} is of pipeline ${pipeline}, and the definition is of ${definition.name}.`,
    ]);
  }
  const { kept, warnings: ofParams } = paramsKept(memory.params, definition);
  const params = { ...kept, ...(typeof changed === 'function' ? changed(definition) : changed) };
  const wasRightOnce = hasBegunSteps({ ...memory.leftOfOthers, ...memory.steps });
  const loaded = await prepared(definition, key, params, { run, wasRightOnce });
  assertStep(from, definition);
  const left = await stepsLeft(client, taskQueue, { run, of, memory });
  const earlier = judgedBy(definition, memory.definition, left.steps);
  const steps = planReplay(loaded, key, earlier, from);
  const paysAgain = steps.filter(({ action }) => action === 'pay again').length;
  // A run that ended otherwise becomes one that succeeded.
  const isNothingToDo = status === 'succeeded' && reusesAll(steps);
  const warnings = [...ofParams, ...left.warnings, ...replayWarnings(definition, earlier, steps)];
  const plan = { run, of, steps, paysAgain, isNothingToDo, warnings };
  const replay = { of, ...(from !== undefined && { from }), steps: earlier };
  return { plan, input: { pipeline: definition, key, params, replay } };
}

/** Starts a replay, under the run key, so that there is never more than one at a time. Gives the Temporal run id. */
export async function startReplay(
  client: Client,
  taskQueue: string,
  { plan, input }: PreparedReplay,
  { reason, batch, trigger = 'client' }: ToldOfReplay,
): Promise<string> {
  const { run, of, isNothingToDo } = plan;
  if (isNothingToDo) {
    throw new InvalidInputError([
      `There is nothing to replay in run ${run}: every step can be reused. Say from which step it is to run again.`,
    ]);
  }
  await assertLatest(client, run, of);
  const told = { ...(reason !== undefined && { reason }), ...(batch !== undefined && { batch }) };
  const asked: RunPipelineInput = { ...input, trigger, ...(input.replay && { replay: { ...input.replay, ...told } }) };
  try {
    const handle = await startRunWorkflow(client, {
      run,
      taskQueue,
      input: asked,
      isReplay: true,
      // The report says it as well, but only one that ends in order leaves its report.
      ...(batch !== undefined && { memo: { [BATCH]: batch } }),
    });
    return handle.firstExecutionRunId;
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) throw replayedMeanwhile(run);
    throw error;
  }
}

function definitionOf(memory: RunMemory, run: string): PipelineDefinition {
  const known = knownDefinition(memory);
  if (known) return known;
  throw new InvalidInputError([
    `Run ${run} ended before its pipeline was loaded, so there is no definition to use again: replay it with --definition new.`,
  ]);
}

/** A parameter that the definition does not have, any more or since ever, would keep the run from being replayed for good. */
function paramsKept(given: Params, { params = {} }: PipelineDefinition): { kept: Params; warnings: string[] } {
  const isKept = ([name]: [string, unknown]) => Object.hasOwn(params, name);
  const kept = Object.fromEntries(Object.entries(given).filter(isKept));
  const gone = Object.entries(given).filter((one) => !isKept(one));
  const warnings = gone.map(
    ([name]) => `The run was given the parameter ${name}, which the definition does not have; it is left out.`,
  );
  return { kept, warnings };
}

async function prepared(
  definition: PipelineDefinition,
  key: string,
  params: Params,
  { run, wasRightOnce }: { run: string; wasRightOnce: boolean },
): Promise<LoadedPipeline> {
  // Loaded only now: it knows every service, and brings the AWS clients with it.
  const { prepareRun } = await import('../prepare-run.ts');
  const { problems, ...loaded } = prepareRun(definition, key, params, { wasRightOnce });
  if (problems)
    throw new InvalidInputError([
      `Run ${run} cannot be replayed with this definition and these parameters:`,
      ...problems,
    ]);
  return loaded as LoadedPipeline;
}

function assertStep(from: string | undefined, { name, steps }: PipelineDefinition): void {
  if (from === undefined || Object.hasOwn(steps, from)) return;
  const names = Object.keys(steps);
  const problem = `Pipeline ${name} has no step ${JSON.stringify(from)}; it has ${names.join(', ')}`;
  throw new InvalidInputError([`${withSuggestion(problem, suggestionFor(from, names))}.`]);
}

/** Marks the steps that another `gate` or `verify` than before decides about now. */
function judgedBy(
  now: PipelineDefinition,
  before: PipelineDefinition | undefined,
  left: Record<string, EarlierStep>,
): Record<string, EarlierStep> {
  const judged = Object.entries(left).map(([id, step]): [string, EarlierStep] => {
    const next = now.steps[id];
    const isJudgedAnew = next !== undefined && isJudgedOtherwise(before?.steps[id], next);
    return [id, isJudgedAnew ? { ...step, judgeAnew: true } : step];
  });
  return Object.fromEntries(judged);
}

/** Somebody else may have replayed the run since the plan was made. */
async function assertLatest(client: Client, run: string, of: string): Promise<void> {
  const { runId } = await client.workflow.getHandle(run).describe();
  if (runId !== of) throw replayedMeanwhile(run);
}

export function replayedMeanwhile(run: string): RunStateError {
  return new RunStateError([
    `The plan is not of the latest run under ${run}, which was replayed meanwhile: see nightscore get ${run} --history. Nothing was started.`,
  ]);
}
