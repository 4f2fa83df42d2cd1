import { parseTemplate } from './expressions/template.ts';
import type { Json, PipelineDefinition, StepDefinition } from './definition.ts';
import { planSteps } from './plan.ts';
import type { RunReport, StepReport } from './report.ts';

/** What earlier runs under the key left of a step. */
export interface EarlierStep extends Omit<StepReport, 'earlier'> {
  /** Temporal run id of the run in which it was so. */
  runId: string;
  /** The step's `gate` or `verify` is another one now, so what it found no longer holds. */
  judgeAnew?: true;
}

/** A run that goes on where an earlier one under its key ended. */
export interface ReplayInput {
  /** Temporal run id of the run that is replayed. */
  of: string;
  /** This step and all that need it run again even if they succeeded. */
  from?: string;
  /** Why, for people. */
  reason?: string;
  /** Names the command that replayed many runs at once, so that it can go on after it was interrupted. */
  batch?: string;
  steps: Readonly<Record<string, EarlierStep>>;
}

/**
 * How a replay goes on with a step: `reuse` what it made; `adopt` the job that it has, which may have ended meanwhile; run it `again`;
 * or run it for the `first` time.
 */
export type Way = 'reuse' | 'adopt' | 'again' | 'first';

export interface WayOn {
  way: Way;
  /** For a person. */
  why: string;
}

/** What decides the way, besides what the earlier runs left. */
export interface WayFacts {
  isJob: boolean;
  /** Hash of what the step works on now; absent when that cannot be known yet. */
  inputHash?: string;
  /** Whether the step was asked to run again. */
  isForced: boolean;
  /** The steps that it takes values from and that ran again. */
  redoneSources: readonly string[];
}

/** How a replay goes on with a step. Nothing is paid for twice that can be reused or adopted. */
export function wayOn(
  earlier: EarlierStep | undefined,
  { isJob, inputHash, isForced, redoneSources }: WayFacts,
): WayOn {
  if (!earlier || earlier.attempt === 0) return { way: 'first', why: whyFirst(earlier) };
  const isSame = inputHash === undefined || inputHash === earlier.inputHash;
  const sources = `it uses what ${redoneSources.join(' and ')} made, and that is made again`;
  if (isJob && mayStillRun(earlier)) {
    if (redoneSources.length > 0)
      return { way: 'again', why: `${sources}; ${itsJob(earlier)} may run beside the new one` };
    if (isSame) return { way: 'adopt', why: `${itsJob(earlier)} may still run, or has ended since` };
    return { way: 'again', why: `its input changed; ${itsJob(earlier)} may run beside the new one` };
  }
  if (earlier.outcome !== 'succeeded') {
    const isJudgedAnew = earlier.judgeAnew && isJudgedFailure(earlier) && isSame && !isForced;
    if (isJudgedAnew) return { way: 'adopt', why: 'its job succeeded, and is judged by the new gate' };
    return { way: 'again', why: endedText(earlier) };
  }
  if (isForced) return { way: 'again', why: 'it was asked to run again' };
  if (!isSame) return { way: 'again', why: 'it succeeded, but its input changed' };
  if (redoneSources.length > 0) return { way: 'again', why: sources };
  if (isJob && earlier.judgeAnew) return { way: 'adopt', why: 'it succeeded, and is judged by the new gate' };
  return { way: 'reuse', why: 'it succeeded, and its input is unchanged' };
}

/** Whether the job of a step may still run although its run has ended. */
export function mayStillRun({ outcome, attempt }: Pick<StepReport, 'outcome' | 'attempt'>): boolean {
  return attempt > 0 && (outcome === undefined || outcome === 'left-running');
}

/** A job that its service ran well, and that its step's gate or the reading of its results did not let pass. */
function isJudgedFailure({ outcome, cause, job }: EarlierStep): boolean {
  return outcome === 'failed' && cause === undefined && job !== undefined;
}

function whyFirst(earlier: EarlierStep | undefined): string {
  return earlier?.outcome === undefined ? 'it has not run yet' : `it was ${earlier.outcome}`;
}

function itsJob({ job, attempt }: EarlierStep): string {
  return job ? `job ${job.id}` : `the job of attempt ${attempt}`;
}

const ENDED: Partial<Record<NonNullable<StepReport['outcome']>, string>> = {
  failed: 'it failed',
  lost: 'its job was lost',
  rejected: 'its service did not start it',
};

function endedText(step: EarlierStep): string {
  const { outcome, cause } = step;
  if (isJudgedFailure(step)) return 'its job succeeded, but its gate or verify did not let it pass';
  const text = (outcome && ENDED[outcome]) ?? `it was ${outcome ?? 'interrupted'}`;
  return cause === undefined ? text : `${text} (${cause})`;
}

/** What a run leaves of its steps to a replay of it, whether it ran them itself or an earlier one did. */
export function stepsLeftBy(
  { steps }: Pick<RunReport, 'steps'>,
  runId: string,
  before: Readonly<Record<string, EarlierStep>> = {},
): Record<string, EarlierStep> {
  const left = Object.entries(steps).map(([id, { earlier, ...step }]): [string, EarlierStep] => {
    const hasBegun = step.attempt > 0;
    return [id, !hasBegun && earlier ? earlier : { ...step, runId: step.reused?.runId ?? runId }];
  });
  // A replay that could not begin knows nothing of its steps but what it was given.
  return { ...before, ...Object.fromEntries(left) };
}

/** Whether what decides about a step's results is another than before. */
export function isJudgedOtherwise(before: StepDefinition | undefined, now: StepDefinition): boolean {
  return before !== undefined && criteria(before) !== criteria(now);
}

function criteria({ gate = {}, verify = false }: StepDefinition): string {
  return JSON.stringify([verify, gate.maxInvalid, gate.maxInvalidRatio, gate.minRecords]);
}

/** Whether what a step makes in the replay is not what it made before. */
export function isMadeAnew(way: Way, earlier: EarlierStep | undefined): boolean {
  return way !== 'reuse' && !(way === 'adopt' && earlier?.outcome === 'succeeded');
}

/** Whether `--from` asks for a step: it is the one, or it needs the one. */
export function isAskedFor(id: string, from: string | undefined, definition: PipelineDefinition): boolean {
  if (from === undefined) return false;
  return id === from || (planSteps(definition).allNeeds.get(id) ?? []).includes(from);
}

/** Those of the steps that the `with` of a step takes values from. */
export function sourcesOf(definition: PipelineDefinition, id: string, steps: readonly string[]): string[] {
  const expressions = expressionsOf(definition.steps[id]?.with ?? {}).join('\n');
  return steps.filter((step) => new RegExp(`\\bsteps\\b\\W+${step}\\b`).test(expressions));
}

function expressionsOf(value: Json): string[] {
  if (typeof value === 'string') {
    return parseTemplate(value).flatMap((part) => (part.kind === 'expression' ? [part.source] : []));
  }
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(expressionsOf) : [];
}
