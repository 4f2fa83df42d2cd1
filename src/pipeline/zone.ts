import type { PipelineDefinition } from './definition.ts';

/** The IANA zone on whose clock the periods of a pipeline are: that of its schedule. */
export function zoneOf({ schedule }: Pick<PipelineDefinition, 'schedule'>): string {
  return schedule?.timezone ?? 'UTC';
}
