import type { ParamDefinition, Params, ParamType, ParamValue, PipelineDefinition } from './definition.ts';
import { described, quoted } from './wording.ts';
import { suggestionFor } from './suggestion.ts';

/** What is wrong with a parameter that was given, or was not. */
export interface ParamProblem {
  name: string;
  /** Names the parameter. */
  message: string;
  /** The name that was probably meant. */
  suggestion?: string;
}

export type ResolvedParams = { params: Params; problems: [] } | { params?: never; problems: ParamProblem[] };

const IS_OF_TYPE: Record<ParamType, (value: unknown) => value is ParamValue> = {
  string: (value) => typeof value === 'string',
  integer: (value): value is number => Number.isSafeInteger(value),
  number: (value): value is number => typeof value === 'number' && Number.isFinite(value),
  boolean: (value) => typeof value === 'boolean',
};

const TYPE_NAMES: Record<ParamType, string> = {
  string: 'a text',
  integer: 'an integer',
  number: 'a number',
  boolean: 'true or false',
};

const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['false', false],
]);

/** How a text on the command line becomes a value; undefined when it cannot. */
const FROM_TEXT: Record<ParamType, (text: string) => ParamValue | undefined> = {
  string: (text) => text,
  integer: (text) => (/^[+-]?\d+$/.test(text) ? Number(text) : undefined),
  number: (text) => (/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text) ? Number(text) : undefined),
  boolean: (text) => BOOLEANS.get(text),
};

export function isParamType(type: unknown): type is ParamType {
  return typeof type === 'string' && Object.hasOwn(IS_OF_TYPE, type);
}

/** Why `value` does not fit the type of a parameter, for a person; undefined when it fits. */
export function paramTypeProblem(type: ParamType, value: unknown): string | undefined {
  if (IS_OF_TYPE[type](value)) return undefined;
  return `must be ${TYPE_NAMES[type]}, not ${described(value)}`;
}

/** The value of every parameter of a run: those given, and the defaults of the others; or all that is wrong with them. */
export function resolveParams(
  definition: PipelineDefinition,
  given: Readonly<Record<string, unknown>>,
): ResolvedParams {
  const declared = declaredParams(definition);
  const unknown = Object.keys(given).filter((name) => !declared.has(name));
  const problems = unknown.map((name) => unknownParam(definition, name));
  const params: Params = {};
  for (const [name, param] of declared) {
    const value = Object.hasOwn(given, name) ? given[name] : param.default;
    if (value === undefined) {
      problems.push({ name, message: `parameter ${name} is missing: it has no default, so each run must be given it` });
    } else if (IS_OF_TYPE[param.type](value)) {
      params[name] = value;
    } else {
      problems.push({ name, message: `parameter ${name} ${paramTypeProblem(param.type, value)}` });
    }
  }
  return problems.length > 0 ? { problems } : { params, problems: [] };
}

/** Reads `name=value` texts, as the command line gives them, by the types that the pipeline declares. Feed `given` to {@link resolveParams}. */
export function parseParamTexts(
  definition: PipelineDefinition,
  texts: readonly string[],
): { given: Params; problems: ParamProblem[] } {
  const declared = declaredParams(definition);
  const given: Params = {};
  const problems: ParamProblem[] = [];
  for (const text of texts) {
    const equals = text.indexOf('=');
    const name = equals < 0 ? text : text.slice(0, equals);
    const param = declared.get(name);
    const value = param && FROM_TEXT[param.type](text.slice(equals + 1));
    if (equals < 1) problems.push({ name, message: `${quoted(text)} is not a parameter: write NAME=VALUE` });
    else if (!param) problems.push(unknownParam(definition, name));
    else if (Object.hasOwn(given, name)) problems.push({ name, message: `parameter ${name} is given more than once` });
    else if (value === undefined || !IS_OF_TYPE[param.type](value)) {
      problems.push({ name, message: `parameter ${name} ${paramTypeProblem(param.type, text.slice(equals + 1))}` });
    } else given[name] = value;
  }
  return { given, problems };
}

function unknownParam(definition: PipelineDefinition, name: string): ParamProblem {
  const names = [...declaredParams(definition).keys()];
  const declared = names.length > 0 ? `it has ${names.join(', ')}` : 'it has none';
  const suggestion = suggestionFor(name, names);
  const message = `pipeline ${definition.name} has no parameter ${quoted(name)}; ${declared}`;
  return { name, message, ...(suggestion !== undefined && { suggestion }) };
}

function declaredParams(definition: PipelineDefinition): Map<string, ParamDefinition> {
  return new Map(Object.entries(definition.params ?? {}));
}
