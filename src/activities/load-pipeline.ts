import { findPipeline, loadPipelineFile, PipelineFileError } from '../pipeline-files.ts';
import type { PipelineDefinition } from '../pipeline/definition.ts';
import type { LoadedPipeline } from '../pipeline/loaded-pipeline.ts';
import { prepareRun } from '../prepare-run.ts';
import type { ActivityContext } from './context.ts';
import { rejection } from './failures.ts';

export interface LoadPipelineInput {
  /** The name of a pipeline that the worker has a file of, or a whole definition. */
  pipeline: string | PipelineDefinition;
  key: string;
  params: Readonly<Record<string, unknown>>;
  /** Steps were begun under this key by an earlier run. */
  wasRightOnce?: boolean;
}

/** Loads and checks the pipeline and the parameters of a run; fails for good, with every problem, when they are not right. */
export async function loadPipeline(context: ActivityContext, input: LoadPipelineInput): Promise<LoadedPipeline> {
  const { pipeline, key, params, wasRightOnce = false } = input;
  const definition = typeof pipeline === 'string' ? await loadNamed(context, pipeline) : pipeline;
  const prepared = prepareRun(definition, key, params, { wasRightOnce });
  if (prepared.problems) throw rejection(prepared.problems.join('\n'));
  return { ...prepared, region: context.region };
}

/** The pipeline of this name, from the worker's file; fails for good when there is none or it is not right. */
export async function loadNamed({ pipelinesFolder }: ActivityContext, name: string): Promise<PipelineDefinition> {
  try {
    const definition = await loadPipelineFile(await findPipeline(name, pipelinesFolder));
    if (definition.name === name) return definition;
    throw rejection(`The file of pipeline ${name} in ${pipelinesFolder} holds another one, ${definition.name}.`);
  } catch (error) {
    throw error instanceof PipelineFileError ? rejection(error.message) : error;
  }
}
