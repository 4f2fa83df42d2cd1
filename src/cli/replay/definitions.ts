import { isDeepStrictEqual } from 'node:util';
import type { ReplayOptions } from '../../client/replay.ts';
import type { PipelineDefinition } from '../../pipeline/definition.ts';
import { parseRunKey } from '../../pipeline/run-key.ts';
import { findPipeline, loadPipelineFile, PipelineFileError } from '../../pipeline-files.ts';
import { givenParams } from '../runs/given-params.ts';
import { readSettings } from '../../settings.ts';

/** What runs are replayed with, as the options of the command say; each pipeline file is read once. */
export interface Definitions {
  /** The definition and the parameters for a run. Throws a PipelineFileError. */
  of(run: string): Promise<Pick<ReplayOptions, 'definition' | 'params'>>;
  /**
   * Whether the file of a pipeline is another one by now than the definition that a run is replayed with. A file that is not there, or not right, tells
   * nothing.
   */
  hasOtherFile(definition: PipelineDefinition): Promise<boolean>;
}

export function definitionsFor({
  definition: which,
  param = [],
}: {
  definition?: 'same' | 'new';
  param?: string[];
}): Definitions {
  const { pipelinesFolder } = readSettings();
  const loaded = new Map<string, Promise<PipelineDefinition>>();
  const load = (name: string) => {
    const definition = loaded.get(name) ?? findPipeline(name, pipelinesFolder).then(loadPipelineFile);
    loaded.set(name, definition);
    return definition;
  };
  const params =
    param.length === 0 ? {} : { params: (definition: PipelineDefinition) => givenParams(definition, param) };
  return {
    async of(run) {
      return which === 'new' ? { definition: await load(parseRunKey(run).pipeline), ...params } : params;
    },
    async hasOtherFile(definition) {
      if (which === 'new') return false;
      try {
        return !isDeepStrictEqual(asKept(await load(definition.name)), asKept(definition));
      } catch (error) {
        if (error instanceof PipelineFileError) return false;
        throw error;
      }
    },
  };
}

/** As Temporal gives it back. */
function asKept(definition: PipelineDefinition): unknown {
  return JSON.parse(JSON.stringify(definition));
}
