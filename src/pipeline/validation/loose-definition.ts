/** A step as far as it has the right types; what has another type is left out. */
export interface LooseStep {
  id: string;
  uses: string | undefined;
  if: string | undefined;
  needs: readonly { index: number; id: string }[];
  with: Readonly<Record<string, unknown>>;
  gate: Readonly<Record<string, unknown>>;
  verify: unknown;
  onCancel: unknown;
  onStall: unknown;
  /** The keys that were written. */
  keys: readonly string[];
}

/**
 * A definition as far as it has the right types, so that one wrong type does not keep the other problems from being found.
 * Only `findingsOf` the shape decides what is right.
 */
export interface LooseDefinition {
  period: unknown;
  /** Undefined when the pipeline has none. */
  schedule: Readonly<Record<string, unknown>> | undefined;
  params: ReadonlyMap<string, Readonly<Record<string, unknown>>>;
  steps: ReadonlyMap<string, LooseStep>;
}

export function readLoosely(definition: unknown): LooseDefinition {
  const { period = 'day', schedule, params, steps } = mapping(definition);
  return {
    period,
    schedule: schedule === undefined ? undefined : mapping(schedule),
    params: new Map(Object.entries(mapping(params)).map(([name, param]) => [name, mapping(param)])),
    steps: new Map(Object.entries(mapping(steps)).map(([id, step]) => [id, looseStep(id, mapping(step))])),
  };
}

function looseStep(id: string, step: Readonly<Record<string, unknown>>): LooseStep {
  const needs = Array.isArray(step['needs']) ? step['needs'].map((need: unknown, index) => ({ index, id: need })) : [];
  return {
    id,
    uses: text(step['uses']),
    if: text(step['if']),
    needs: needs.filter((need): need is { index: number; id: string } => typeof need.id === 'string'),
    with: mapping(step['with']),
    gate: mapping(step['gate']),
    verify: step['verify'],
    onCancel: step['onCancel'],
    onStall: step['onStall'],
    keys: Object.keys(step),
  };
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function mapping(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}
