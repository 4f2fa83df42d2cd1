import type { Json, StepDefinition } from './definition.ts';
import { conditionSource } from './expressions/expression-environment.ts';
import { sourcesOfExpression } from './expressions/expression-sources.ts';
import { parseTemplate } from './expressions/template.ts';
import { concludeJob } from './job-end.ts';
import { jobReport } from './job-report.ts';
import { isTerminal } from './job-state.ts';
import type { JobObservation } from './job.ts';
import type { Plan } from './plan.ts';
import type { RunReport, StepReport } from './report.ts';

/** What earlier runs under the key left of a step. */
export interface EarlierStep extends Omit<StepReport, 'earlier'> {
  /** Temporal run id of the run in which it was so. */
  runId: string;
  /** The step's `gate` or `verify` is another one now, so what it found no longer holds. */
  judgeAnew?: true;
  /** A replay was asked to run it again, and did not come to it. */
  isDue?: true;
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
  /** The steps that it takes values from and that have made something else since. */
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
    const unpaid = isForced ? '; no other is paid for beside it' : '';
    if (isSame) return { way: 'adopt', why: `${whyAdopted(earlier)}${unpaid}` };
    return { way: 'again', why: `its input changed; ${itsJob(earlier)} may run beside the new one` };
  }
  const isUntouched = isSame && !isForced && redoneSources.length === 0;
  if (earlier.outcome !== 'succeeded') {
    if (isUntouched && isJudgedFailure(earlier) && earlier.unproven)
      return { way: 'adopt', why: 'its job succeeded, and its results, which could not be read, are read again' };
    if (isUntouched && isJudgedFailure(earlier) && earlier.judgeAnew)
      return { way: 'adopt', why: 'its job succeeded, and is judged by the new gate or verify' };
    return { way: 'again', why: endedText(earlier) };
  }
  if (isForced) return { way: 'again', why: 'it was asked to run again' };
  if (!isSame) return { way: 'again', why: 'it succeeded, but its input changed' };
  if (redoneSources.length > 0) return { way: 'again', why: sources };
  if (isJob && earlier.judgeAnew) return { way: 'adopt', why: 'it succeeded, and is judged by the new gate or verify' };
  return { way: 'reuse', why: 'it succeeded, and its input is unchanged' };
}

/** Whether a run came so far that it began steps: then its key, its definition and its parameters were right once. */
export function hasBegunSteps(steps: Readonly<Record<string, Pick<StepReport, 'attempt' | 'earlier'>>>): boolean {
  return Object.values(steps).some(({ attempt, earlier }) => attempt > 0 || (earlier?.attempt ?? 0) > 0);
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

function whyAdopted({ job, attempt }: EarlierStep): string {
  if (job) return `job ${job.id} may still run, or has ended since`;
  return `attempt ${attempt} may have begun: its job is taken over if there is one, and started if not`;
}

function itsJob({ job, attempt }: EarlierStep): string {
  return job ? `job ${job.id}` : `a job of attempt ${attempt}`;
}

const ENDED: Partial<Record<NonNullable<StepReport['outcome']>, string>> = {
  failed: 'it failed',
  lost: 'its job was lost',
  rejected: 'its service did not start it',
};

function endedText(step: EarlierStep): string {
  const { outcome, cause } = step;
  if (isJudgedFailure(step)) return 'its job succeeded, but its gate or verify did not let it pass, and may not again';
  const text = (outcome && ENDED[outcome]) ?? `it was ${outcome ?? 'interrupted'}`;
  return cause === undefined ? text : `${text} (${cause})`;
}

/**
 * What a run leaves of its steps to a replay of it, whether it ran them itself or an earlier one did.
 *
 * @param asked the steps that the run was asked to run again
 * @param before what the runs before it left of steps that it does not have
 */
export function stepsLeftBy(
  steps: RunReport['steps'],
  runId: string,
  { asked, before }: { asked: ReadonlySet<string>; before: Readonly<Record<string, EarlierStep>> },
): Record<string, EarlierStep> {
  const left = Object.entries(steps).map(([id, { earlier, ...step }]): [string, EarlierStep] => {
    const hasBegun = step.attempt > 0;
    if (hasBegun || !earlier) return [id, { ...step, runId: step.reused?.runId ?? runId }];
    return [id, notComeTo(id, earlier, asked)];
  });
  const others = Object.entries(before).map(([id, step]) => [id, notComeTo(id, step, asked)] as const);
  return { ...Object.fromEntries(others), ...Object.fromEntries(left) };
}

function notComeTo(id: string, step: EarlierStep, asked: ReadonlySet<string>): EarlierStep {
  return asked.has(id) ? { ...step, isDue: true } : step;
}

/** A step whose job was thought to run, now that its service says that it has ended. A success is still to be judged. */
export function asSeenSince(step: EarlierStep, seen: JobObservation): EarlierStep {
  if (!step.job || seen.state === undefined || !isTerminal(seen.state) || seen.state === 'succeeded') return step;
  const { outcome, error, cause, stoppedBy } = concludeJob(seen, { lost: false });
  const { adopted, submittedAt } = step.job;
  const job = jobReport({ ref: seen.ref, adopted, submittedAt }, seen);
  return {
    ...step,
    state: 'ended',
    outcome,
    job: { ...job, ...(stoppedBy && { stoppedBy }) },
    ...(error !== undefined && { error }),
    ...(cause !== undefined && { cause }),
  };
}

/** Whether what decides about a step's results is another than before. */
export function isJudgedOtherwise(before: StepDefinition | undefined, now: StepDefinition): boolean {
  return before !== undefined && criteria(before) !== criteria(now);
}

function criteria({ gate = {}, verify = false }: StepDefinition): string {
  return JSON.stringify([verify, gate.maxInvalid, gate.maxInvalidRatio, gate.minRecords]);
}

/** The steps that `--from` asks for: the one, and all that need it. */
export function stepsAskedFor(from: string | undefined, { order, allNeeds }: Plan): ReadonlySet<string> {
  if (from === undefined) return new Set();
  return new Set(order.filter((id) => id === from || allNeeds.get(id)?.includes(from)));
}

/**
 * Those of its needs that a step builds on: that its `with` takes values from, or to whose failure it is the answer.
 *
 * @param needs its direct and indirect needs
 */
export function sourcesOf(step: StepDefinition, needs: readonly string[]): string[] {
  const looks = expressionsOf(step.with).map(sourcesOfExpression);
  const condition = step.if === undefined ? undefined : sourcesOfExpression(conditionSource(step.if).source);
  const isAnyMeant = looks.some(({ isDynamic }) => isDynamic) || condition?.functions.has('failed');
  return needs.filter((need) => isAnyMeant || looks.some(({ steps }) => steps.has(need)));
}

/** Names what a step has made, so that it can be told whether it has made something else since. */
export function resultOf(step: Pick<StepReport, 'outcome' | 'attempt' | 'job' | 'reused'>, runId: string): string {
  const { outcome, attempt, job, reused } = step;
  return attempt === 0 ? `${outcome}` : `${outcome} ${job?.id ?? reused?.runId ?? runId}`;
}

/**
 * The sources of a step that have made something else than what it was built on.
 *
 * @param now what the sources have made by now
 * @param before what the earlier runs left of all steps: where the step does not say what it was built on, it was that
 */
export function changedSources(
  earlier: EarlierStep | undefined,
  now: Readonly<Record<string, string>>,
  before: Readonly<Record<string, EarlierStep>>,
): string[] {
  const builtOn = (source: string) => earlier?.builtOn?.[source] ?? leftBy(before[source]);
  return Object.keys(now).filter((source) => now[source] !== builtOn(source));
}

function leftBy(step: EarlierStep | undefined): string | undefined {
  return step && resultOf(step, step.runId);
}

function expressionsOf(value: Json): string[] {
  if (typeof value === 'string') {
    return parseTemplate(value).flatMap((part) => (part.kind === 'expression' ? [part.source] : []));
  }
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(expressionsOf) : [];
}
