import type { Json, Params, PipelineDefinition } from '../definition.ts';
import { runValues, type ExpressionContext } from '../expressions/expression-context.ts';
import { ExpressionError, renderWith } from '../expressions/expression.ts';
import { problemWithoutPlace, type Problem } from './problem.ts';
import type { UsesCatalog } from '../uses-catalog.ts';
import { findingsOf } from './zod-findings.ts';

/**
 * What is wrong with the requests of one run, as far as its key and parameters decide them: expressions that look at other steps have no value
 * before the run. For a definition that `checkDefinition` finds nothing wrong with.
 */
export function checkRun(definition: PipelineDefinition, key: string, params: Params, uses: UsesCatalog): Problem[] {
  const run = runValues(definition, key);
  const context: ExpressionContext = { run, params, paramDefinitions: definition.params, steps: {} };
  return Object.entries(definition.steps).flatMap(([id, step]) => {
    const entry = uses[step.uses];
    if (!entry) return [];
    const findings = findingsOf(entry.with, renderKnown(step.with, context), ['steps', id, 'with'], {
      templates: true,
    });
    return findings.map(problemWithoutPlace);
  });
}

/** The value with every text rendered that needs no other step; the others stay templates. */
function renderKnown(value: Json, context: ExpressionContext): Json {
  if (Array.isArray(value)) return value.map((item) => renderKnown(item, context));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, renderKnown(member, context)]));
  }
  try {
    return renderWith(value, context);
  } catch (error) {
    if (error instanceof ExpressionError) return value;
    throw error;
  }
}
