import { isDeepStrictEqual } from 'node:util';
import type { ReplayOptions } from '../../client/replay.ts';
import type { PipelineDefinition } from '../../pipeline/definition.ts';
import { parseRunKey } from '../../pipeline/run-key.ts';
import { findPipeline, loadPipelineFile, PipelineFileError } from '../../pipeline-files.ts';
import { givenParams } from '../runs/given-params.ts';
import { readSettings } from '../../settings.ts';

/**
 * Whether the file of a pipeline is another one now than the definition that its run is replayed with. A file that is not there, or not right, tells
 * nothing.
 */
export async function hasChangedSince({ name, ...then }: PipelineDefinition): Promise<boolean> {
  const { pipelinesFolder } = readSettings();
  try {
    const { name: _name, ...now } = await loadPipelineFile(await findPipeline(name, pipelinesFolder));
    return !isDeepStrictEqual(asKept(now), asKept(then));
  } catch (error) {
    if (error instanceof PipelineFileError) return false;
    throw error;
  }
}

/** As Temporal gives it back. */
function asKept(definition: object): unknown {
  return JSON.parse(JSON.stringify(definition));
}

/** Gives, run by run, the definition and the parameters to replay with; each pipeline file is read once. */
export function definitionsFor(options: {
  definition?: 'same' | 'new';
  param?: string[];
}): (run: string) => Promise<Pick<ReplayOptions, 'definition' | 'params'>> {
  const { pipelinesFolder } = readSettings();
  const loaded = new Map<string, Promise<PipelineDefinition>>();
  const load = (name: string) => {
    const definition = loaded.get(name) ?? findPipeline(name, pipelinesFolder).then(loadPipelineFile);
    loaded.set(name, definition);
    return definition;
  };
  const { param = [] } = options;
  const params =
    param.length === 0 ? {} : { params: (definition: PipelineDefinition) => givenParams(definition, param) };
  return async (run) =>
    options.definition === 'new' ? { definition: await load(parseRunKey(run).pipeline), ...params } : params;
}
