import type { PipelineDefinition } from '../pipeline/definition.ts';
import { conditionSource } from '../pipeline/expressions/expression-environment.ts';
import { sourcesOfExpression } from '../pipeline/expressions/expression-sources.ts';
import type { PlannedStep, ReplayAction } from '../pipeline/replay-plan.ts';
import { mayStillRun, type EarlierStep } from '../pipeline/replay.ts';

/** What a person should know of a plan that no step's own line says. */
export function replayWarnings(
  definition: PipelineDefinition,
  earlier: Readonly<Record<string, EarlierStep>>,
  planned: readonly PlannedStep[],
): string[] {
  return [...leftBehind(earlier, planned), ...reusedBesideNew(definition, planned)];
}

/** Jobs that may run and that the replay will not look after. */
function leftBehind(earlier: Readonly<Record<string, EarlierStep>>, planned: readonly PlannedStep[]): string[] {
  const actions = new Map(planned.map(({ step, action }) => [step, action]));
  return Object.entries(earlier).flatMap(([id, { job, ...step }]) => {
    const action = actions.get(id);
    const isStart = step.state === 'starting' || step.outcome === 'left-running';
    if (!mayStillRun(step) || (!job && !isStart) || action === 'adopt') return [];
    const why = REASONS_TO_LEAVE[action ?? 'gone'];
    if (why === undefined) return [];
    const what = job
      ? `its job ${job.id} may still run`
      : `whether attempt ${step.attempt} of it left a job is not known`;
    return [`Step ${id} ${why}, and ${what}: look at AWS.`];
  });
}

/** A job beside which another one is paid for is told of with its step. */
const REASONS_TO_LEAVE: Partial<Record<ReplayAction | 'gone', string>> = {
  gone: 'is no longer in the definition',
  skip: 'will be skipped',
  run: 'is no longer a job',
};

/** Steps that only wait for another one by its name may still read what that writes, at an address that they have written out. */
function reusedBesideNew({ steps }: PipelineDefinition, planned: readonly PlannedStep[]): string[] {
  const isNew = new Set(
    planned.filter(({ action }) => action === 'pay again' || action === 'run').map(({ step }) => step),
  );
  return planned.flatMap(({ step: id, action }) => {
    const { needs = [], if: condition } = steps[id] ?? {};
    const made = action === 'reuse' ? needs.filter((need) => isNew.has(need)) : [];
    if (made.length === 0 || (condition !== undefined && runsWhateverComes(condition))) return [];
    return [
      `Step ${id} needs ${made.join(' and ')}, made anew, but takes nothing from there by an expression, so what it made before is reused. Should it run again, replay from ${id}.`,
    ];
  });
}

function runsWhateverComes(condition: string): boolean {
  return sourcesOfExpression(conditionSource(condition).source).functions.has('always');
}
