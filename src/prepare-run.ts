import type { PipelineDefinition } from './pipeline/definition.ts';
import { runValues } from './pipeline/expressions/expression-context.ts';
import type { LoadedPipeline } from './pipeline/loaded-pipeline.ts';
import { resolveParams } from './pipeline/params.ts';
import { withSuggestion } from './pipeline/suggestion.ts';
import { checkRun } from './pipeline/validation/check-run.ts';
import { checkDefinition } from './pipeline/validation/parse.ts';
import { formatProblem } from './pipeline/validation/problem.ts';
import { hourKeyIn, RunKeyError } from './pipeline/run-key.ts';
import { zoneOf } from './pipeline/zone.ts';
import { USES } from './uses-catalog.ts';

export type PreparedRun = (LoadedPipeline & { problems?: never }) | { problems: string[] };

/**
 * Checks all that a run of this definition can be checked for before anything is started: the definition, the key and the parameters.
 * Returns what the run needs, or every problem as a text. A replay of a run that has begun steps keeps its key, whatever zone its
 * pipeline has by now.
 */
export function prepareRun(
  definition: PipelineDefinition,
  key: string,
  given: Readonly<Record<string, unknown>>,
  { wasRightOnce = false }: { wasRightOnce?: boolean } = {},
): PreparedRun {
  const invalid = checkDefinition(definition, USES);
  if (invalid.length > 0) return { problems: invalid.map(formatProblem) };
  const { params, problems } = resolveParams(definition, given);
  const texts = problems.map(({ message, suggestion }) => withSuggestion(message, suggestion));
  const all = [...keyProblems(definition, key, wasRightOnce), ...texts];
  if (all.length > 0 || !params) return { problems: all };
  const impossible = checkRun(definition, key, params, USES);
  if (impossible.length > 0) return { problems: impossible.map(formatProblem) };
  const kinds = Object.entries(definition.steps).map(([id, { uses }]) => [id, USES[uses]?.kind ?? 'job'] as const);
  return { definition, params, kinds: Object.fromEntries(kinds) };
}

function keyProblems(definition: PipelineDefinition, key: string, wasRightOnce: boolean): string[] {
  try {
    runValues(definition, key);
    if (wasRightOnce || definition.period !== 'hour') return [];
    const zone = zoneOf(definition);
    const own = hourKeyIn(zone, key);
    if (own === key) return [];
    return [
      `${JSON.stringify(key)} is the hour ${own} on the clock of ${zone}: that is its key, so that the hour runs once`,
    ];
  } catch (error) {
    if (error instanceof RunKeyError) return [error.message];
    throw error;
  }
}
