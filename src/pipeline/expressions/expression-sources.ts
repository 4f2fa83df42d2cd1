import { ParseError, type ASTNode } from '@marcbachmann/cel-js';
import { createEnvironment, isNode } from './expression-environment.ts';

/** What an expression looks at. */
export interface ExpressionSources {
  /** Ids of the steps that it names. */
  steps: ReadonlySet<string>;
  /** It looks at `steps` in a way of which only the evaluation tells which step is meant. */
  isDynamic: boolean;
  /** Names of the functions that it calls. */
  functions: ReadonlySet<string>;
}

const ENVIRONMENT = createEnvironment({ outcomes: [], timezone: 'UTC' }, {});

/** What an expression looks at, by its syntax. One that cannot be read looks at nothing. */
export function sourcesOfExpression(source: string): ExpressionSources {
  const found = { steps: new Set<string>(), isDynamic: false, functions: new Set<string>() };
  const visit = (node: ASTNode): void => {
    const step = stepNamedBy(node);
    if (step !== undefined) {
      found.steps.add(step);
      return;
    }
    if (node.op === 'id' && node.args === 'steps') found.isDynamic = true;
    if (node.op === 'call') found.functions.add(node.args[0]);
    childrenOf(node.args).forEach(visit);
  };
  try {
    visit(ENVIRONMENT.parse(source).ast);
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
  }
  return found;
}

/** The id in `steps.<id>` or `steps["<id>"]`. */
function stepNamedBy(node: ASTNode): string | undefined {
  if (node.op !== '.' && node.op !== '[]') return undefined;
  const [left, member] = node.args;
  if (left.op !== 'id' || left.args !== 'steps') return undefined;
  if (typeof member === 'string') return member;
  return member.op === 'value' && typeof member.args === 'string' ? member.args : undefined;
}

/** The nodes directly below a node, given its arguments. */
export function childrenOf(args: unknown): ASTNode[] {
  if (isNode(args)) return [args];
  return Array.isArray(args) ? args.flatMap(childrenOf) : [];
}
