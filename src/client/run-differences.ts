import { isDeepStrictEqual } from 'node:util';
import type { ParamDefinition, Params, PipelineDefinition } from '../pipeline/definition.ts';
import type { RunPipelineInput } from '../workflows/run-pipeline.ts';

/** One thing in which a run that exists differs from the one that is asked for. */
export interface RunDifference {
  /** For example `params.bucket`. */
  what: string;
  /** What the run was started with; absent when it was started without. */
  run?: unknown;
  /** What is asked for; absent when it is not. */
  asked?: unknown;
}

/** What somebody asks for; without a definition where the pipeline is only named. */
export interface AskedRun {
  definition?: PipelineDefinition;
  params: Params;
}

/** As many as a person reads. */
const MAX_DIFFERENCES = 20;

/**
 * In which parameters a run differs from what is asked for. To give a default is to say the same as to give nothing, so both sides have the
 * defaults of the definition that the run goes by. Where that is not known, only what both give can differ.
 */
export function paramDifferences(existing: RunPipelineInput, { definition, params: asked }: AskedRun): RunDifference[] {
  const given = existing.params ?? {};
  const theirs = typeof existing.pipeline === 'string' ? definition : existing.pipeline;
  if (theirs) {
    const defaults = defaultsOf(theirs);
    return differencesOf('params', { ...defaults, ...given }, { ...defaults, ...asked }).slice(0, MAX_DIFFERENCES);
  }
  const both = Object.keys(asked).filter((name) => Object.hasOwn(given, name));
  return both.flatMap((name) => differencesOf(`params.${name}`, given[name], asked[name]));
}

/** In what the definition of a run differs from the one that is asked for. What a worker read from its own file is not known here, and not compared. */
export function definitionDifferences({ pipeline }: RunPipelineInput, { definition }: AskedRun): RunDifference[] {
  if (!definition || typeof pipeline === 'string') return [];
  return differencesOf('pipeline', pipeline, definition).slice(0, MAX_DIFFERENCES);
}

function defaultsOf({ params = {} }: PipelineDefinition): Params {
  // Whoever starts workflows by other means may have given anything.
  const defaults = Object.entries<Partial<ParamDefinition> | null>(params).map(([name, param]) => ({
    name,
    value: param?.default,
  }));
  return Object.fromEntries(defaults.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value]])));
}

/** The innermost members in which two values differ. */
function differencesOf(what: string, run: unknown, asked: unknown): RunDifference[] {
  if (isDeepStrictEqual(run, asked)) return [];
  if (!isMapping(run) || !isMapping(asked)) return [{ what, run, asked }];
  const names = new Set([...Object.keys(run), ...Object.keys(asked)]);
  return [...names].flatMap((name) => differencesOf(`${what}.${name}`, run[name], asked[name]));
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
