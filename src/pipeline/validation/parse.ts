import { findingsOfDefinition } from './check.ts';
import type { PipelineDefinition } from '../definition.ts';
import { pathText, type Problem } from './problem.ts';
import type { UsesCatalog } from '../uses-catalog.ts';
import { readYaml } from './yaml-source.ts';

export { checkDefinition } from './check.ts';
export { formatProblem } from './problem.ts';

/** Nobody reads more problems than this, and a hostile file could have any number. */
const MAX_PROBLEMS = 500;

export type ParsedPipeline =
  { definition: PipelineDefinition; problems: [] } | { definition?: never; problems: Problem[] };

/**
 * Reads a pipeline file and checks everything that can be checked before a run. Never throws: all that is wrong is in `problems`,
 * in the order of the file.
 *
 * @param file how messages name the file
 */
export function parsePipeline(text: string, options: { file: string; uses: UsesCatalog }): ParsedPipeline {
  const { file, uses } = options;
  const source = readYaml(text);
  const findings = 'value' in source ? findingsOfDefinition(source.value, uses) : [];
  const problems: Problem[] = [
    ...source.problems.map((problem) => ({ file, ...problem, path: '' })),
    ...findings.map(({ path, at, message, suggestion }) => ({
      file,
      ...source.positionOf({ path, at }),
      path: pathText(path),
      message,
      ...(suggestion !== undefined && { suggestion }),
    })),
  ];
  if (problems.length > 0) return { problems: inOrder(problems).slice(0, MAX_PROBLEMS) };
  return { definition: source.value as PipelineDefinition, problems: [] };
}

function inOrder(problems: readonly Problem[]): Problem[] {
  return problems.toSorted((one, other) => one.line - other.line || one.column - other.column);
}
