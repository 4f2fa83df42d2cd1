import type { PipelineDefinition, StepDefinition } from '../../src/pipeline/definition.ts';
import { EXAMPLE_REQUESTS } from './example-jobs.ts';
import { REGION } from './simulated-aws.ts';

/** A step that runs the example job of a service. */
export function jobStep(uses: string, more: Partial<StepDefinition> = {}): StepDefinition {
  const request = EXAMPLE_REQUESTS[uses]?.('${{ run.date }}') ?? {};
  return { uses, with: request as StepDefinition['with'], region: REGION, ...more };
}

export function pipeline(name: string, steps: Record<string, StepDefinition>): PipelineDefinition {
  return { name, steps };
}
