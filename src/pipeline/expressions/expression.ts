import { EvaluationError, ParseError, serialize, type ASTNode, type Environment } from '@marcbachmann/cel-js';
import type { Json } from '../definition.ts';
import type { ExpressionContext } from './expression-context.ts';
import { conditionSource, createEnvironment, isNode } from './expression-environment.ts';
import { MAX_EXPRESSION_LENGTH, parseTemplate, type TemplatePart } from './template.ts';

/** An expression that has no value, or not one that can be used. The message names expression, place and reason. */
export class ExpressionError extends Error {
  override readonly name = 'ExpressionError';
  readonly expression: string;
  /** Where the expression stands in the value that was rendered, for example `Tags[0].Value`; empty for the value itself. */
  readonly path: string;

  constructor(expression: string, path: string, reason: string, options?: ErrorOptions) {
    super(`${path === '' ? '' : `${path}: `}\${{ ${onOneLine(expression)} }} has no usable value: ${reason}`, options);
    this.expression = expression;
    this.path = path;
  }
}

/**
 * A copy of a value in which each `${{ }}` is replaced by what it yields. A text that is one expression and nothing else becomes the
 * expression's value with its type; inside a longer text the value is written out. Mapping keys stay as they are.
 * Throws an {@link ExpressionError} when an expression yields nothing.
 */
export function renderWith(value: Json, context: ExpressionContext): Json {
  return render(value, '', createEvaluator(context));
}

/** Whether a step's `if` holds. Throws an {@link ExpressionError} when it yields anything but true or false. */
export function evaluateCondition(text: string, context: ExpressionContext): boolean {
  const { source } = conditionSource(text);
  const value = createEvaluator(context)(source, 'if');
  if (typeof value === 'boolean') return value;
  throw new ExpressionError(source, 'if', 'a condition must be true or false');
}

type Evaluate = (source: string, path: string) => unknown;

function createEvaluator(context: ExpressionContext): Evaluate {
  // Only once there is an expression: a pipeline has hundreds of steps without any, each of which sees hundreds of others.
  const prepare = once(() => {
    const outcomes = Object.values(context.steps).map((step) => step.outcome);
    return {
      environment: createEnvironment({ outcomes, timezone: context.run.timezone }, {}),
      variables: variablesOf(context),
    };
  });
  return (source, path) => {
    const { environment, variables } = prepare();
    return evaluate(environment, source, path, variables, context);
  };
}

/** What expressions see, made when it is first looked at. */
function variablesOf({ run, params, paramDefinitions, steps }: ExpressionContext): Record<string, unknown> {
  const valuesOfParams = () =>
    Object.fromEntries(
      Object.entries(params).map(([name, value]) => [
        name,
        paramDefinitions?.[name]?.type === 'number' ? value : toCel(value),
      ]),
    );
  const makers = { run: () => toCel({ ...run }), params: valuesOfParams, steps: () => toCel(steps) };
  const variables = {};
  for (const [name, make] of Object.entries(makers))
    Object.defineProperty(variables, name, { get: once(make), enumerable: true });
  return variables;
}

function once<Value>(make: () => Value): () => Value {
  let made: { value: Value } | undefined;
  return () => (made ??= { value: make() }).value;
}

function evaluate(
  environment: Environment,
  source: string,
  path: string,
  variables: Record<string, unknown>,
  context: ExpressionContext,
): unknown {
  if (source.length > MAX_EXPRESSION_LENGTH) {
    throw new ExpressionError(source, path, `it is longer than ${MAX_EXPRESSION_LENGTH} characters`);
  }
  try {
    return environment.evaluate(source, variables);
  } catch (error) {
    throw new ExpressionError(source, path, reasonOf(error, context), { cause: error });
  }
}

function reasonOf(error: unknown, context: ExpressionContext): string {
  if (error instanceof EvaluationError && error.code === 'no_such_key' && isNode(error.node)) {
    return `${serialize(error.node)} is not there${outcomeOfStep(error.node, context)}`;
  }
  if (error instanceof EvaluationError || error instanceof ParseError) return error.summary;
  return error instanceof Error ? error.message : String(error);
}

/** Names the outcome of the step that a `steps.<id>…` is about: a step that has no job id was most likely skipped or rejected. */
function outcomeOfStep(node: ASTNode, context: ExpressionContext): string {
  const id = /^steps\.(\w+)\./.exec(serialize(node))?.[1];
  if (id === undefined || !Object.hasOwn(context.steps, id)) return '';
  return ` (step ${id} ended as ${context.steps[id]?.outcome}; has(…) tells whether a value is there)`;
}

function render(value: Json, path: string, evaluateSource: Evaluate): Json {
  if (typeof value === 'string') return renderText(parseTemplate(value), path, evaluateSource);
  if (Array.isArray(value)) return value.map((item, index) => render(item, `${path}[${index}]`, evaluateSource));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [
      key,
      render(member, path === '' ? key : `${path}.${key}`, evaluateSource),
    ]),
  );
}

function renderText(parts: TemplatePart[], path: string, evaluateSource: Evaluate): Json {
  const [only, ...others] = parts;
  if (only?.kind === 'expression' && others.length === 0) {
    return toJson(evaluateSource(only.source, path), only.source, path);
  }
  return parts.map((part) => textOf(part, path, evaluateSource)).join('');
}

function textOf(part: TemplatePart, path: string, evaluateSource: Evaluate): string {
  if (part.kind === 'text') return part.text;
  if (part.kind === 'unclosed') throw new ExpressionError('', path, 'it is not closed by }}');
  const value = toJson(evaluateSource(part.source, path), part.source, path);
  if (typeof value !== 'object') return String(value);
  throw new ExpressionError(part.source, path, 'a list or mapping cannot be part of a longer text');
}

/** The CEL value of one of ours: integers are BigInts there, and what is not there is absent rather than null. */
function toCel(value: Json | undefined | object): unknown {
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value) : value;
  if (Array.isArray(value)) return value.map(toCel);
  if (typeof value !== 'object' || value === null) return value;
  const present = Object.entries(value).filter(([, member]) => member !== undefined && member !== null);
  return Object.fromEntries(present.map(([name, member]) => [name, toCel(member)]));
}

function toJson(value: unknown, source: string, path: string): Json {
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'bigint' || typeof value === 'number') return toNumber(value, source, path);
  if (Array.isArray(value)) return value.map((item) => toJson(item, source, path));
  if (value === null || value === undefined) throw new ExpressionError(source, path, 'it is null');
  if (typeof value === 'object' && (value.constructor === Object || value instanceof Map)) {
    const entries = value instanceof Map ? [...value] : Object.entries(value);
    return Object.fromEntries(entries.map(([name, member]) => [String(name), toJson(member, source, path)]));
  }
  throw new ExpressionError(source, path, 'JSON has no such type; convert it, for example with string(…)');
}

function toNumber(value: bigint | number, source: string, path: string): number {
  const number = Number(value);
  if (typeof value === 'number' ? Number.isFinite(number) : Number.isSafeInteger(number)) return number;
  throw new ExpressionError(source, path, `JSON cannot hold the number ${value} exactly`);
}

function onOneLine(expression: string): string {
  const text = expression.trim().replace(/\s+/g, ' ');
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
}
