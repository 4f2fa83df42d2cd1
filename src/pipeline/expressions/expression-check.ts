import {
  ParseError,
  type TypeError as CelTypeError,
  type ASTNode,
  type Environment,
  type ObjectSchema,
} from '@marcbachmann/cel-js';
import { createEnvironment, isNode, type ExpressionVariable } from './expression-environment.ts';
import { childrenOf } from './expression-sources.ts';
import { EXPRESSION_FUNCTIONS } from './expression-functions.ts';
import { suggestionFor } from '../suggestion.ts';
import { MAX_EXPRESSION_LENGTH } from './template.ts';

/** What the expressions of one step can see. */
export interface ExpressionScope {
  /** The names that are there, with their CEL types. */
  readonly schemas: Record<ExpressionVariable, ObjectSchema>;
  /** Why a name that an author may well expect is not there, by its path: `steps.publish` or `run.hour`. */
  readonly absent: ReadonlyMap<string, string>;
  readonly environment: Environment;
}

/** @param texts what holds the expressions: CEL learns of those steps only that they mention, which is a matter of speed */
export function createExpressionScope(
  schemas: ExpressionScope['schemas'],
  absent: ExpressionScope['absent'],
  texts: string,
): ExpressionScope {
  const words = new Set(texts.match(/\w+/g));
  const steps = Object.fromEntries(Object.entries(schemas.steps).filter(([id]) => words.has(id)));
  const environment = createEnvironment({ outcomes: [], timezone: 'UTC' }, { ...schemas, steps });
  return { schemas, absent, environment };
}

interface ExpressionFinding {
  /** Where in the expression the offending part begins. */
  offset: number;
  message: string;
  suggestion?: string | undefined;
}

export interface CheckedExpression {
  /** The CEL type of the value; absent when there are findings. */
  type?: string;
  findings: ExpressionFinding[];
}

/** Checks an expression without evaluating it: that it parses, names only what is there, and has types that fit. */
export function checkExpression(source: string, scope: ExpressionScope): CheckedExpression {
  if (source.length > MAX_EXPRESSION_LENGTH) {
    return { findings: [{ offset: 0, message: `the expression is longer than ${MAX_EXPRESSION_LENGTH} characters` }] };
  }
  if (source.trim() === '') return { findings: [{ offset: 0, message: 'the expression is empty' }] };
  try {
    const expression = scope.environment.parse(source);
    const findings = unknownNames(expression.ast, scope);
    if (findings.length > 0) return { findings };
    const { type, error } = expression.check();
    return error ? { findings: [findingOf(error)] } : { findings: [], ...(type !== undefined && { type }) };
  } catch (error) {
    if (error instanceof ParseError) return { findings: [findingOf(error)] };
    throw error;
  }
}

/** Every chain such as `steps.score.outputUri` that leads to nothing. CEL itself stops at the first, and inside has() at none. */
function unknownNames(node: ASTNode, scope: ExpressionScope): ExpressionFinding[] {
  const chain = chainOf(node);
  if (chain) return unknownNameIn(chain, scope) ?? [];
  return childrenOf(node.args).flatMap((child) => unknownNames(child, scope));
}

interface Chain {
  variable: ExpressionVariable;
  members: { name: string; offset: number }[];
}

/** The chain of member accesses that a node is; undefined when it is something else or begins at no variable of ours. */
function chainOf(node: ASTNode): Chain | undefined {
  if (node.op === 'id') return isVariable(node.args) ? { variable: node.args, members: [] } : undefined;
  if (node.op !== '.' && node.op !== '[]') return undefined;
  const [left, member] = node.args;
  const chain = chainOf(left);
  if (!chain) return undefined;
  if (typeof member === 'string') return withMember(chain, { name: member, offset: node.pos });
  if (member.op === 'value' && typeof member.args === 'string') {
    return withMember(chain, { name: member.args, offset: member.start });
  }
  return undefined;
}

function withMember(chain: Chain, member: Chain['members'][number]): Chain {
  return { ...chain, members: [...chain.members, member] };
}

function unknownNameIn({ variable, members }: Chain, scope: ExpressionScope): ExpressionFinding[] | undefined {
  let schema: ObjectSchema | string = scope.schemas[variable];
  let path: string = variable;
  for (const { name, offset } of members) {
    if (typeof schema === 'string') return undefined;
    const member: ObjectSchema | string | undefined = Object.hasOwn(schema, name) ? schema[name] : undefined;
    if (member === undefined) return [absentName(path, name, Object.keys(schema), offset, scope)];
    path = `${path}.${name}`;
    schema = member;
  }
  return undefined;
}

function absentName(
  path: string,
  name: string,
  known: string[],
  offset: number,
  scope: ExpressionScope,
): ExpressionFinding {
  const reason = scope.absent.get(`${path}.${name}`);
  if (reason !== undefined) return { offset, message: reason };
  const has = known.length > 0 ? `it has ${known.join(', ')}` : 'there is nothing in it';
  return { offset, message: `${path} has no ${name}; ${has}`, suggestion: suggestionFor(name, known) };
}

function findingOf(error: ParseError | CelTypeError): ExpressionFinding {
  const offset = error.range?.start ?? 0;
  const node = error.node;
  if (error.code === 'unknown_variable' && isNode(node) && node.op === 'id') {
    const suggestion = suggestionFor(node.args, ['run', 'params', 'steps']);
    return { offset, message: `there is no ${node.args}; expressions see run, params and steps`, suggestion };
  }
  if (error.code === 'no_matching_overload' && isNode(node) && node.op === 'call') {
    return functionFinding(node.args[0], error, offset);
  }
  if (error.summary.endsWith('Unexpected token: EOF')) return { offset, message: 'the expression ends too early' };
  return { offset, message: `not a valid expression: ${error.summary}` };
}

function functionFinding(name: string, error: CelTypeError | ParseError, offset: number): ExpressionFinding {
  const functions = new Map<string, { signature: string }>(Object.entries(EXPRESSION_FUNCTIONS));
  const own = functions.get(name);
  if (own) return { offset, message: `wrong arguments: ${error.summary}; it is ${own.signature}` };
  const suggestion = suggestionFor(name, functions.keys());
  return { offset, message: `not a valid expression: ${error.summary}`, suggestion };
}

function isVariable(name: string): name is ExpressionVariable {
  return name === 'run' || name === 'params' || name === 'steps';
}
