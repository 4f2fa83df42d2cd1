import type { PipelineDefinition } from './definition.ts';
import type { StepOutcome } from './outcome.ts';

/** The condition of a step that has no `if`. */
export const DEFAULT_CONDITION = 'succeeded()';

/** The order in which the steps of a pipeline may run. */
export interface Plan {
  /** Every step, each after all of its needs; steps that are free to choose keep the order of the file. */
  readonly order: readonly string[];
  /** The steps that each step names in its `needs`. */
  readonly directNeeds: ReadonlyMap<string, readonly string[]>;
  /** The steps that each step needs, its needs' needs included, in the order of the plan. */
  readonly allNeeds: ReadonlyMap<string, readonly string[]>;
  /** The steps that have an `if` of their own. */
  readonly conditional: ReadonlySet<string>;
}

/** Where a step stands: not begun (also when absent), begun, or how it ended. */
export type StepProgress = 'waiting' | 'begun' | StepOutcome;

/** The steps whose needs have all ended and about which nothing was decided yet, in the order of the plan. */
export interface NextSteps {
  /** Begin these now. */
  ready: string[];
  /** These have an `if` of their own: begin those for which it holds, skip the others. */
  conditional: string[];
  /** Skip these: they have no `if`, and a step that they need, directly or not, did not succeed. */
  skipped: string[];
}

/**
 * Plans a definition. Steps may need only steps that exist, and no step may need itself, directly or not;
 * throws an Error otherwise (`checkDefinition` finds this first).
 */
export function planSteps(definition: PipelineDefinition): Plan {
  const steps = Object.entries(definition.steps);
  const directNeeds = new Map(steps.map(([id, step]) => [id, step.needs ?? []]));
  const { order, cycle } = sortSteps(directNeeds);
  if (cycle) throw new Error(`These steps need each other and can never begin: ${cycle.join(' -> ')}`);

  const closures = new Map<string, Set<string>>();
  for (const id of order) {
    const needs = directNeeds.get(id) ?? [];
    closures.set(id, new Set(needs.flatMap((need) => [need, ...(closures.get(need) ?? [])])));
  }
  const allNeeds = new Map([...closures].map(([id, needs]) => [id, order.filter((other) => needs.has(other))]));
  const conditional = new Set(steps.filter(([, step]) => step.if !== undefined).map(([id]) => id));
  return { order, directNeeds, allNeeds, conditional };
}

/** What to do next, given where the steps stand. */
export function nextSteps(plan: Plan, progress: Readonly<Record<string, StepProgress>>): NextSteps {
  const next: NextSteps = { ready: [], conditional: [], skipped: [] };
  const progressOf = (id: string): StepProgress =>
    (Object.hasOwn(progress, id) ? progress[id] : undefined) ?? 'waiting';
  for (const id of plan.order) {
    const needs = (plan.allNeeds.get(id) ?? []).map(progressOf);
    if (progressOf(id) !== 'waiting' || !needs.every(hasEnded)) continue;
    if (plan.conditional.has(id)) next.conditional.push(id);
    else if (needs.every((need) => need === 'succeeded')) next.ready.push(id);
    else next.skipped.push(id);
  }
  return next;
}

/**
 * Sorts steps after their needs; when that is not possible, `cycle` names the steps of one cycle, the first again as the last.
 * Needs that are no steps are an Error.
 */
export function sortSteps(needs: ReadonlyMap<string, readonly string[]>): { order: string[]; cycle?: string[] } {
  const order: string[] = [];
  const sorted = new Set<string>();
  const path: string[] = [];

  // Returns the cycle that it meets, if any.
  function visit(id: string): string[] | undefined {
    if (sorted.has(id)) return undefined;
    if (path.includes(id)) return [...path.slice(path.indexOf(id)), id];
    const ownNeeds = needs.get(id);
    if (!ownNeeds) throw new Error(`Step ${path.at(-1) ?? ''} needs ${id}, which is not a step of this pipeline`);
    path.push(id);
    for (const need of ownNeeds) {
      const cycle = visit(need);
      if (cycle) return cycle;
    }
    path.pop();
    sorted.add(id);
    order.push(id);
    return undefined;
  }

  for (const id of needs.keys()) {
    const cycle = visit(id);
    if (cycle) return { order, cycle };
  }
  return { order };
}

function hasEnded(progress: StepProgress): boolean {
  return progress !== 'waiting' && progress !== 'begun';
}
