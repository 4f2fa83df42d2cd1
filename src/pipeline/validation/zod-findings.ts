import { z } from 'zod';
import type { Finding, Path } from './problem.ts';
import { suggestionFor } from '../suggestion.ts';
import { countTemplates } from '../expressions/template.ts';
import { counted, described } from '../wording.ts';

type Issue = z.core.$ZodIssue;
type RawIssue = z.core.$ZodRawIssue;

const TYPE_NAMES: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'an integer',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping',
  record: 'a mapping',
  null: 'null',
};

/** What a limit counts, by what it limits. */
const UNITS: Readonly<Record<string, string>> = {
  string: 'character',
  array: 'item',
  set: 'item',
  record: 'key',
  map: 'key',
};

/**
 * What a schema finds wrong with a value, in words for the person who wrote it.
 *
 * With `templates`, texts that hold expressions are not judged, nor is anything that depends on one: what they will be is not known
 * yet. Unknown and missing keys are found all the same.
 *
 * @param base path of the value in the file
 */
export function findingsOf(schema: z.ZodType, value: unknown, base: Path, options: { templates: boolean }): Finding[] {
  const result = schema.safeParse(value, { reportInput: true, error: wordingOf });
  if (result.success) return [];
  return result.error.issues
    .filter((issue) => !options.templates || issue.code === 'unrecognized_keys' || countTemplates(issue.input) === 0)
    .flatMap((issue) => findingsOfIssue(issue, schema, base));
}

function findingsOfIssue(issue: Issue, schema: z.ZodType, base: Path): Finding[] {
  const own = issue.path.map((part) => (typeof part === 'number' ? part : String(part)));
  const path = [...base, ...own];
  if (issue.code !== 'unrecognized_keys') {
    const isChoice = issue.code === 'invalid_value' && typeof issue.input === 'string';
    const suggestion = isChoice ? suggestionFor(issue.input, issue.values.map(String)) : undefined;
    return [{ path, at: 'value', message: issue.message, suggestion }];
  }
  const known = keysAt(schema, own);
  return issue.keys.map((key) => {
    const suggestion = suggestionFor(key, known);
    const message = suggestion === undefined ? `unknown key; known here are ${known.join(', ')}` : 'unknown key';
    return { path: [...path, key], at: 'key', message, suggestion };
  });
}

/** Replaces Zod's own wording; a message that a schema gives itself goes before it. */
function wordingOf(issue: RawIssue): string | undefined {
  if (issue.input === undefined && issue.code !== 'custom') return 'is missing';
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${TYPE_NAMES[issue.expected] ?? issue.expected}, not ${described(issue.input)}`;
    case 'invalid_value':
      return `must be ${oneOf(issue.values.map(String))}, not ${described(issue.input)}`;
    case 'invalid_union':
      return `must be ${unionText(issue.errors)}, not ${described(issue.input)}`;
    case 'too_small':
      return `must ${limitText(issue.origin, issue.inclusive === false ? 'more than' : 'at least', issue.minimum)}`;
    case 'too_big':
      return `must ${limitText(issue.origin, issue.inclusive === false ? 'less than' : 'at most', issue.maximum)}`;
    case 'invalid_format':
      return `must match ${issue.pattern ?? issue.format}, but is ${described(issue.input)}`;
    default:
      return undefined;
  }
}

function limitText(origin: string, limit: string, amount: number | bigint): string {
  const unit = UNITS[origin];
  return unit === undefined ? `be ${limit} ${amount}` : `have ${limit} ${counted(Number(amount), unit)}`;
}

function unionText(branches: readonly (readonly Issue[])[]): string {
  const forms = branches.map(([issue]) => {
    if (issue?.code === 'invalid_type' && issue.path.length === 0) return TYPE_NAMES[issue.expected] ?? issue.expected;
    return 'of another form';
  });
  return oneOf([...new Set(forms)]);
}

function oneOf(choices: readonly string[]): string {
  return choices.length < 2 ? choices.join('') : `${choices.slice(0, -1).join(', ')} or ${choices.at(-1)}`;
}

/** The keys that a schema knows at a path. */
function keysAt(schema: z.core.$ZodType, path: Path): string[] {
  const [part, ...rest] = path;
  if (schema instanceof z.ZodObject) {
    if (part === undefined) return Object.keys(schema.shape);
    const member = Object.hasOwn(schema.shape, part) ? schema.shape[part] : undefined;
    return member ? keysAt(member, rest) : [];
  }
  if (schema instanceof z.ZodRecord) return keysAt(schema.valueType, rest);
  if (schema instanceof z.ZodArray) return keysAt(schema.element, rest);
  if (schema instanceof z.ZodExactOptional || schema instanceof z.ZodOptional) return keysAt(schema.unwrap(), path);
  if (schema instanceof z.ZodUnion) return schema.options.flatMap((option) => keysAt(option, path));
  return [];
}
