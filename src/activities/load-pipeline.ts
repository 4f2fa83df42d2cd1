import type { Params, PipelineDefinition } from '../pipeline/definition.ts';
import type { ActivityContext } from './context.ts';
import { rejection } from './failures.ts';

export interface LoadPipelineInput {
  /** The name of a pipeline that the worker has a file of, or a whole definition. */
  pipeline: string | PipelineDefinition;
  key: string;
  params: Readonly<Record<string, unknown>>;
}

/** All that a run needs to know before anything is started. */
export interface LoadedPipeline {
  definition: PipelineDefinition;
  /** The value of every parameter, defaults included. */
  params: Params;
  /** Which steps are jobs and which are follow-ups. */
  kinds: Readonly<Record<string, 'job' | 'follow-up'>>;
}

/** Loads and checks the pipeline and the parameters of a run; fails for good, with every problem, when they are not right. */
export async function loadPipeline(context: ActivityContext, input: LoadPipelineInput): Promise<LoadedPipeline> {
  const { pipeline, key, params } = input;
  const prepared = await context.prepareRun(pipeline, key, params);
  if (prepared.problems) throw rejection(prepared.problems.join('\n'));
  return prepared;
}
