import type { PipelineDefinition } from './definition.ts';

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

  const allNeeds = new Map(
    [...needsOfNeeds(order, directNeeds)].map(([id, needs]) => [id, order.filter((other) => needs.has(other))]),
  );
  return { order, directNeeds, allNeeds };
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

/** The direct and indirect needs of steps, given in an order in which each comes after its needs. */
export function needsOfNeeds(
  order: readonly string[],
  directNeeds: ReadonlyMap<string, readonly string[]>,
): Map<string, ReadonlySet<string>> {
  const all = new Map<string, ReadonlySet<string>>();
  for (const id of order) {
    const needs = directNeeds.get(id) ?? [];
    all.set(id, new Set(needs.flatMap((need) => [need, ...(all.get(need) ?? [])])));
  }
  return all;
}
