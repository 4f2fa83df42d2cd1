import type { StepDefinition } from './definition.ts';
import { runValues, stepValues, type ExpressionContext, type StepValues } from './expressions/expression-context.ts';
import { conditionSource } from './expressions/expression-environment.ts';
import { sourcesOfExpression } from './expressions/expression-sources.ts';
import { evaluateCondition, ExpressionError, renderWith } from './expressions/expression.ts';
import { inputHash } from './input-hash.ts';
import { durationOfJob, endOfJob } from './job-report.ts';
import type { JobRecords } from './job.ts';
import type { LoadedPipeline } from './loaded-pipeline.ts';
import type { StepOutcome } from './outcome.ts';
import { DEFAULT_CONDITION, planSteps } from './plan.ts';
import {
  mayStillRun,
  changedSources,
  resultOf,
  sourcesOf,
  stepsAskedFor,
  wayOn,
  type EarlierStep,
  type Way,
} from './replay.ts';

/** `pay again`: a further job for a step that had one. `run`: a follow-up, or the first job of a step. */
export type ReplayAction = 'reuse' | 'adopt' | 'pay again' | 'run' | 'skip';

/** What a replay will do with a step, as far as that can be known before. */
export interface PlannedStep {
  step: string;
  uses: string;
  action: ReplayAction;
  /** For a person. */
  why: string;
  /** What runs is the first job of the step, which is paid for, but not again. */
  isFirstJob?: true;
  /** How the step stands after the earlier runs. */
  last?: {
    outcome?: StepOutcome;
    /** Id of its last job. */
    job?: string;
    records?: JobRecords;
    /** When that ended, ISO 8601 in UTC. */
    endedAt?: string;
    /** How long it took, in milliseconds. */
    durationMs?: number;
  };
}

/**
 * What a replay will do, step by step, in the order in which steps may run. Steps that run again are expected to succeed.
 *
 * @param earlier what the earlier runs left, by step
 */
export function planReplay(
  loaded: LoadedPipeline,
  key: string,
  earlier: Readonly<Record<string, EarlierStep>>,
  from?: string,
): PlannedStep[] {
  const { definition, params, kinds } = loaded;
  const plan = planSteps(definition);
  const asked = stepsAskedFor(from, plan);
  const values = new Map<string, StepValues>();
  const results = new Map<string, string>();
  const unended = new Set<string>();
  const gone = Object.entries(earlier).filter(([id]) => !Object.hasOwn(definition.steps, id));
  return plan.order.map((id) => {
    const step = definition.steps[id] as StepDefinition;
    const needs = plan.allNeeds.get(id) ?? [];
    const steps = Object.fromEntries(needs.flatMap((need) => pairOf(need, values)));
    const context = { run: runValues(definition, key), params, paramDefinitions: definition.params, steps };
    const before = earlier[id];
    const base = { step: id, uses: step.uses, ...(before && before.attempt > 0 && { last: lastOf(before) }) };
    if (!mayBegin(step, context, unended)) {
      values.set(id, { outcome: 'skipped', message: '', error: '' });
      results.set(id, 'skipped');
      return { ...base, action: 'skip', why: whySkipped(step, needs, unended) };
    }
    const isJob = kinds[id] === 'job';
    const hash = hashOf(step, context);
    const { way, why } = wayOn(before, {
      isJob,
      ...(hash !== undefined && { inputHash: hash }),
      isForced: asked.has(id) || before?.isDue === true,
      redoneSources: changedSources(before, resultsOf(sourcesOf(step, needs), results), earlier),
    });
    results.set(id, expectedResult(way, before));
    values.set(id, expectedValues(way, before));
    if (way !== 'reuse') unended.add(id);
    // A step that was only renamed is none to Nightscore, but to whoever pays for it.
    const twin =
      way === 'first' && isJob && hash !== undefined
        ? gone.find(([, was]) => was.job && was.inputHash === hash)
        : undefined;
    if (twin)
      return { ...base, action: 'pay again', why: `${twin[0]}, which the definition has no more, did the same` };
    const action = actionOf(way, isJob, before);
    return { ...base, action, why, ...(isJob && action === 'run' && { isFirstJob: true as const }) };
  });
}

/** Whether a replay would neither pay nor call anything. */
export function reusesAll(steps: readonly PlannedStep[]): boolean {
  return steps.every(({ action }) => action === 'reuse' || action === 'skip');
}

function pairOf(id: string, values: ReadonlyMap<string, StepValues>): [string, StepValues][] {
  const value = values.get(id);
  return value ? [[id, value]] : [];
}

function resultsOf(steps: readonly string[], results: ReadonlyMap<string, string>): Record<string, string> {
  return Object.fromEntries(steps.map((id) => [id, results.get(id) ?? '']));
}

/** As it is after a success; what is made again is like nothing that was there before. */
function expectedResult(way: Way, before: EarlierStep | undefined): string {
  const stays = before && (way === 'reuse' || way === 'adopt');
  return stays ? resultOf({ ...before, outcome: 'succeeded' }, before.runId) : 'made again';
}

const HAS = /\bhas\s*\([^()]*\)/g;

/**
 * What cannot be told yet, because it is about what a step will make, is taken to hold.
 *
 * @param unended the steps that have still to end
 */
function mayBegin(step: StepDefinition, context: ExpressionContext, unended: ReadonlySet<string>): boolean {
  const condition = step.if ?? DEFAULT_CONDITION;
  const { source } = conditionSource(condition);
  const { functions, steps } = sourcesOfExpression(source);
  // `has` makes a truth of what is only not known yet: either may come.
  const isOpen = functions.has('has') && [...steps].some((id) => unended.has(id));
  const ways = isOpen ? [source, source.replaceAll(HAS, 'true')] : [condition];
  try {
    return ways.some((way) => evaluateCondition(way, context));
  } catch (error) {
    if (error instanceof ExpressionError) return true;
    throw error;
  }
}

function hashOf(step: StepDefinition, context: ExpressionContext): string | undefined {
  try {
    return inputHash(step, renderWith(step.with, context));
  } catch (error) {
    if (error instanceof ExpressionError) return undefined;
    throw error;
  }
}

function whySkipped(step: StepDefinition, needs: readonly string[], unended: ReadonlySet<string>): string {
  const text = `its condition, ${step.if ?? DEFAULT_CONDITION}, will not hold`;
  const open = needs.filter((need) => unended.has(need));
  return open.length === 0 ? text : `${text} if ${open.join(' and ')} succeed${open.length === 1 ? 's' : ''}`;
}

/** What is known already of how a step will have ended; an expression that looks at anything else has no value yet. */
function expectedValues(way: Way, before: EarlierStep | undefined): StepValues {
  const success = { outcome: 'succeeded', error: '', cause: '' } as const;
  if (!before || way === 'again' || way === 'first') return success;
  const values = stepValues({ ...before, outcome: 'succeeded', error: '' }, before.outputs);
  if (!mayStillRun(before) && !before.unproven) return { ...values, ...success };
  const { attempt, jobId, outputUri } = values;
  return { ...success, attempt, ...(jobId !== undefined && { jobId }), ...(outputUri !== undefined && { outputUri }) };
}

function actionOf(way: Way, isJob: boolean, before: EarlierStep | undefined): ReplayAction {
  if (way === 'reuse' || way === 'adopt') return way;
  return isJob && before && wasPaid(before) ? 'pay again' : 'run';
}

function wasPaid(before: EarlierStep): boolean {
  return before.job !== undefined || (before.earlierJobs ?? []).length > 0 || mayStillRun(before);
}

function lastOf({ outcome, job }: EarlierStep): NonNullable<PlannedStep['last']> {
  const end = job && endOfJob(job);
  const durationMs = job && durationOfJob(job);
  return {
    ...(outcome && { outcome }),
    ...(job && { job: job.id }),
    ...(job?.records && { records: job.records }),
    ...(end !== undefined && { endedAt: end }),
    ...(durationMs !== undefined && { durationMs }),
  };
}
