import { cancellationSignal, heartbeat } from '@temporalio/activity';
import type { Json } from '../pipeline/definition.ts';
import type { StepOutputs } from '../pipeline/expressions/expression-context.ts';
import type { ActivityContext } from './context.ts';
import { rejection, toFailure } from './failures.ts';

export interface RunFollowUpInput {
  uses: string;
  with: { [member: string]: Json };
  /** The worker's own region when absent. */
  region?: string;
}

/** Runs a follow-up and returns its outputs. */
export async function runFollowUp(context: ActivityContext, input: RunFollowUpInput): Promise<StepOutputs> {
  const followUp = context.followUps.get(input.uses);
  if (!followUp) throw rejection(`This worker knows no follow-up "${input.uses}".`);
  const parsed = followUp.with.safeParse(input.with);
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'with'} ${message}`);
    throw rejection(`${input.uses} cannot run with what it was given: ${problems.join('; ')}.`);
  }
  try {
    return await followUp.run(parsed.data, {
      region: input.region ?? context.region,
      signal: cancellationSignal(),
      onProgress: heartbeat,
    });
  } catch (error) {
    throw toFailure(error);
  }
}
