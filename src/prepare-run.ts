import type { PipelineDefinition } from './pipeline/definition.ts';
import { runValues } from './pipeline/expressions/expression-context.ts';
import type { LoadedPipeline } from './pipeline/loaded-pipeline.ts';
import { resolveParams } from './pipeline/params.ts';
import { withSuggestion } from './pipeline/suggestion.ts';
import { checkRun } from './pipeline/validation/check-run.ts';
import { checkDefinition } from './pipeline/validation/parse.ts';
import { formatProblem } from './pipeline/validation/problem.ts';
import { RunKeyError } from './pipeline/run-key.ts';
import { USES } from './uses-catalog.ts';

export type PreparedRun = (LoadedPipeline & { problems?: never }) | { problems: string[] };

/**
 * Checks all that a run of this definition can be checked for before anything is started: the definition, the key and the parameters.
 * Returns what the run needs, or every problem as a text.
 */
export function prepareRun(
  definition: PipelineDefinition,
  key: string,
  given: Readonly<Record<string, unknown>>,
): PreparedRun {
  const invalid = checkDefinition(definition, USES);
  if (invalid.length > 0) return { problems: invalid.map(formatProblem) };
  const { params, problems } = resolveParams(definition, given);
  const texts = problems.map(({ message, suggestion }) => withSuggestion(message, suggestion));
  const all = [...keyProblems(definition, key), ...texts];
  if (all.length > 0 || !params) return { problems: all };
  const impossible = checkRun(definition, key, params, USES);
  if (impossible.length > 0) return { problems: impossible.map(formatProblem) };
  const kinds = Object.entries(definition.steps).map(([id, { uses }]) => [id, USES[uses]?.kind ?? 'job'] as const);
  return { definition, params, kinds: Object.fromEntries(kinds) };
}

function keyProblems(definition: PipelineDefinition, key: string): string[] {
  try {
    runValues(definition, key);
    return [];
  } catch (error) {
    if (error instanceof RunKeyError) return [error.message];
    throw error;
  }
}
