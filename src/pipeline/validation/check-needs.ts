import type { LooseDefinition, LooseStep } from './loose-definition.ts';
import { needsOfNeeds, sortSteps } from '../plan.ts';
import type { Finding } from './problem.ts';
import { suggestionFor } from '../suggestion.ts';
import { quoted } from '../wording.ts';

export interface CheckedNeeds {
  findings: Finding[];
  /** The direct and indirect needs of each step, by id, leaving out those that cannot be. */
  allNeeds: ReadonlyMap<string, ReadonlySet<string>>;
}

/** Checks that every need is another step, named once, and that the steps can be put in an order. */
export function checkNeeds(definition: LooseDefinition): CheckedNeeds {
  const steps = [...definition.steps.values()];
  const findings = steps.flatMap((step) => findingsOfNeeds(step, definition));
  const graph = new Map(steps.map((step) => [step.id, possibleNeeds(step, definition)]));

  let { order, cycle } = sortSteps(graph);
  while (cycle) {
    const [id = '', need = ''] = cycle;
    findings.push(cycleFinding(definition.steps.get(id), need, cycle));
    // Without this need the cycle is gone, and the next one, if any, comes to light.
    graph.set(
      id,
      (graph.get(id) ?? []).filter((other) => other !== need),
    );
    ({ order, cycle } = sortSteps(graph));
  }

  return { findings, allNeeds: needsOfNeeds(order, graph) };
}

function findingsOfNeeds(step: LooseStep, definition: LooseDefinition): Finding[] {
  const others = [...definition.steps.keys()].filter((id) => id !== step.id);
  return step.needs.flatMap(({ index, id }): Finding[] => {
    const finding = { path: ['steps', step.id, 'needs', index], at: 'value' as const };
    if (id === step.id) return [{ ...finding, message: 'a step cannot need itself' }];
    if (!definition.steps.has(id)) {
      return [{ ...finding, message: `there is no step ${quoted(id)}`, suggestion: suggestionFor(id, others) }];
    }
    const isRepeated = step.needs.some((other) => other.id === id && other.index < index);
    return isRepeated ? [{ ...finding, message: `${id} is named twice` }] : [];
  });
}

function possibleNeeds(step: LooseStep, definition: LooseDefinition): string[] {
  const needs = new Set(step.needs.map(({ id }) => id));
  return [...needs].filter((id) => id !== step.id && definition.steps.has(id));
}

function cycleFinding(step: LooseStep | undefined, need: string, cycle: readonly string[]): Finding {
  const index = step?.needs.find((other) => other.id === need)?.index ?? 0;
  return {
    path: ['steps', step?.id ?? '', 'needs', index],
    at: 'value',
    message: `these steps need each other and could never begin: ${cycle.join(' -> ')}`,
  };
}
