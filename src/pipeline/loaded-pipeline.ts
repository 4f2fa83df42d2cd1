import type { Params, PipelineDefinition } from './definition.ts';

/** All that a run needs to know before anything is started. */
export interface LoadedPipeline {
  definition: PipelineDefinition;
  /** The value of every parameter, defaults included. */
  params: Params;
  /** Which steps are jobs and which are follow-ups. */
  kinds: Readonly<Record<string, 'job' | 'follow-up'>>;
  /** Region of the steps that name none: that of the worker that loaded the pipeline. Absent where no worker did. */
  region?: string;
}
