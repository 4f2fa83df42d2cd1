import { Environment, type ASTNode, type ObjectSchema } from '@marcbachmann/cel-js';
import { EXPRESSION_FUNCTIONS, type FunctionScope } from './expression-functions.ts';
import { parseTemplate } from './template.ts';

/** An expression sees three variables. */
export type ExpressionVariable = 'run' | 'params' | 'steps';

// Enough for any expression that a person can read, and too little to keep a workflow task busy.
const LIMITS = { maxAstNodes: 1_000, maxDepth: 50, maxListElements: 200, maxMapEntries: 200, maxCallArguments: 10 };

const BASE = new Environment({ limits: LIMITS });

/** CEL with Nightscore's functions. Variables without a schema hold anything. */
export function createEnvironment(
  scope: FunctionScope,
  schemas: Partial<Record<ExpressionVariable, ObjectSchema>>,
): Environment {
  const environment = BASE.clone();
  for (const { signature, in: within } of Object.values(EXPRESSION_FUNCTIONS)) {
    environment.registerFunction(signature, within(scope), { async: false });
  }
  for (const name of ['run', 'params', 'steps'] as const) {
    const schema = schemas[name];
    if (schema) environment.registerVariable(name, { schema });
    else environment.registerVariable(name, 'map');
  }
  return environment;
}

/** The expression of an `if`, which may stand in `${{ }}` or not, and where it begins in the text. */
export function conditionSource(text: string): { source: string; offset: number } {
  const start = text.length - text.trimStart().length;
  const [only, ...others] = parseTemplate(text.trim());
  if (only?.kind !== 'expression' || others.length > 0) return { source: text, offset: 0 };
  return { source: only.source, offset: start + only.offset };
}

/** Whether a value of an expression's syntax tree is a node rather than a name or a literal. */
export function isNode(value: unknown): value is ASTNode {
  return typeof value === 'object' && value !== null && 'op' in value && 'args' in value;
}
