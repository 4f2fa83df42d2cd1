import type { ObjectSchema } from '@marcbachmann/cel-js';
import {
  checkExpression,
  createExpressionScope,
  type CheckedExpression,
  type ExpressionScope,
} from '../expressions/expression-check.ts';
import { conditionSource } from '../expressions/expression-environment.ts';
import type { LooseDefinition, LooseStep } from './loose-definition.ts';
import type { Finding, Path } from './problem.ts';
import { countTemplates, parseTemplate } from '../expressions/template.ts';
import type { UsesCatalog, UsesEntry } from '../uses-catalog.ts';

const PARAM_TYPES: Readonly<Record<string, string>> = {
  string: 'string',
  integer: 'int',
  number: 'double',
  boolean: 'bool',
};

const RUN: ObjectSchema = { id: 'string', pipeline: 'string', key: 'string', timezone: 'string' };

/** The names that `run` has besides, by the period of the pipeline. */
const RUN_OF_PERIOD: Readonly<Record<string, ObjectSchema>> = {
  none: {},
  day: { date: 'string' },
  hour: { date: 'string', hour: 'string', start: 'string' },
};

const STEP: ObjectSchema = { outcome: 'string', attempt: 'int', message: 'string', error: 'string' };
const JOB: ObjectSchema = { jobId: 'string', outputUri: 'string', cause: 'string' };

/** Checks every expression of a step: those in its `with`, and its `if`. */
export function checkExpressions(
  definition: LooseDefinition,
  step: LooseStep,
  needs: ReadonlySet<string>,
  uses: UsesCatalog,
): Finding[] {
  if (step.if === undefined && countTemplates(step.with) === 0) return [];
  const scope = scopeOf(definition, step, needs, uses);
  const condition = step.if === undefined ? [] : checkCondition(step.if, ['steps', step.id, 'if'], scope);
  return [...condition, ...checkTemplates(step.with, ['steps', step.id, 'with'], scope)];
}

function checkCondition(text: string, path: Path, scope: ExpressionScope): Finding[] {
  const { source, offset } = conditionSource(text);
  const { type, findings } = checkExpression(source, scope);
  if (type === undefined || type === 'bool' || type === 'dyn') return placed(findings, path, offset);
  return [{ path, at: { offset }, message: `a condition must be true or false, but this is of type ${type}` }];
}

function checkTemplates(value: unknown, path: Path, scope: ExpressionScope): Finding[] {
  if (typeof value === 'string') return checkTemplate(value, path, scope);
  if (Array.isArray(value)) return value.flatMap((item, index) => checkTemplates(item, [...path, index], scope));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) => checkTemplates(member, [...path, key], scope));
}

function checkTemplate(text: string, path: Path, scope: ExpressionScope): Finding[] {
  const parts = parseTemplate(text);
  return parts.flatMap((part): Finding[] => {
    if (part.kind === 'text') return [];
    if (part.kind === 'unclosed') {
      return [
        { path, at: { offset: part.offset }, message: '${{ is not closed by }}; write $${{ for the letters ${{' },
      ];
    }
    const checked = checkExpression(part.source, scope);
    const findings = placed(checked.findings, path, part.offset);
    return [...findings, ...unusableType(checked, parts.length > 1, { path, at: { offset: part.offset } })];
  });
}

function unusableType({ type }: CheckedExpression, inText: boolean, place: Pick<Finding, 'path' | 'at'>): Finding[] {
  if (type === 'null') return [{ ...place, message: 'null is no value; leave the key out instead' }];
  const isComposite = type !== undefined && /^(?:list|map|\$)/.test(type);
  if (inText && isComposite) return [{ ...place, message: 'a list or mapping cannot be part of a longer text' }];
  return [];
}

function placed(findings: CheckedExpression['findings'], path: Path, base: number): Finding[] {
  return findings.map(({ offset, ...finding }) => ({ ...finding, path, at: { offset: base + offset } }));
}

/** What is no text may not even become one: `{ "toString": 0 }`. */
function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function scopeOf(
  definition: LooseDefinition,
  step: LooseStep,
  needs: ReadonlySet<string>,
  uses: UsesCatalog,
): ExpressionScope {
  const period = textOf(definition.period);
  const params = [...definition.params].map(([name, { type }]) => [name, PARAM_TYPES[textOf(type)] ?? 'dyn']);
  const steps = [...definition.steps.values()];
  const visible = steps.filter(({ id }) => needs.has(id)).map(({ id, uses: name }) => [id, schemaOf(name, uses)]);
  return createExpressionScope(
    {
      run: { ...RUN, ...(RUN_OF_PERIOD[period] ?? RUN_OF_PERIOD['hour']) },
      params: Object.fromEntries(params),
      steps: Object.fromEntries(visible),
    },
    new Map([
      ['run.date', 'run.date is there in pipelines with a period only (period: day or hour)'],
      ['run.hour', 'run.hour is there in hourly pipelines only (period: hour)'],
      ['run.start', 'run.start is there in hourly pipelines only (period: hour)'],
      ...steps.map(({ id }): [string, string] => [
        `steps.${id}`,
        id === step.id
          ? 'a step cannot see itself'
          : `step ${id} is not among the needs of step ${step.id}; add it there`,
      ]),
      ...steps.flatMap(({ id, uses: name }) => uncounted(id, name, uses)),
    ]),
    JSON.stringify([step.if, step.with]),
  );
}

/** What later steps see of a step. Nothing is known of one whose `uses` is unknown, so anything goes. */
function schemaOf(name: string | undefined, uses: UsesCatalog): ObjectSchema | string {
  const entry = entryOf(name, uses);
  if (!entry) return 'dyn';
  if (entry.kind === 'follow-up') return { ...entry.outputs, ...STEP };
  const { total = true, invalid = true } = entry.counts ?? {};
  const records = { processed: 'int', ...(total && { total: 'int' }), ...(invalid && { invalid: 'int' }) };
  return { ...entry.outputs, ...STEP, ...JOB, records };
}

function uncounted(id: string, name: string | undefined, uses: UsesCatalog): [string, string][] {
  const { total = true, invalid = true } = entryOf(name, uses)?.counts ?? {};
  const missing = [...(total ? [] : ['total']), ...(invalid ? [] : ['invalid'])];
  return missing.map((count) => [`steps.${id}.records.${count}`, `${name} does not report records.${count}`]);
}

export function entryOf(name: string | undefined, uses: UsesCatalog): UsesEntry | undefined {
  return name !== undefined && Object.hasOwn(uses, name) ? uses[name] : undefined;
}
