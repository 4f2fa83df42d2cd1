import type { Period } from '../pipeline/definition.ts';
import { zoneOf } from '../pipeline/zone.ts';
import type { ActivityContext } from './context.ts';
import { rejection } from './failures.ts';
import { loadNamed } from './load-pipeline.ts';

export interface PeriodOfPipelineInput {
  /** Name of a pipeline that the worker has a file of. */
  pipeline: string;
}

export interface PipelinePeriod {
  period: Exclude<Period, 'none'>;
  /** IANA name of the zone on whose clock its periods are. */
  zone: string;
}

/** What a run of the pipeline covers, as its file says now. Fails for good when there is no such pipeline, or it has no period. */
export async function periodOfPipeline(
  context: ActivityContext,
  { pipeline }: PeriodOfPipelineInput,
): Promise<PipelinePeriod> {
  const definition = await loadNamed(context, pipeline);
  const { period = 'day' } = definition;
  if (period === 'none') {
    throw rejection(
      `Pipeline ${pipeline} has no period, so a scheduled time cannot tell its runs apart: give it a period, or delete its schedule.`,
    );
  }
  return { period, zone: zoneOf(definition) };
}
