import { cancellationSignal, Context } from '@temporalio/activity';
import type { Json } from '../pipeline/definition.ts';
import type { StepOutputs } from '../pipeline/expressions/expression-context.ts';
import { issuesText } from '../pipeline/validation/issues-text.ts';
import type { ActivityContext } from './context.ts';
import { rejection, toFailure } from './failures.ts';

export interface RunFollowUpInput {
  uses: string;
  with: { [member: string]: Json };
  /** The worker's own region when absent. */
  region?: string;
}

/** Well below the heartbeat timeout of a follow-up, 2 minutes; a cancel arrives with a heartbeat. */
const PULSE_MS = 5_000;

/** Runs a follow-up and returns its outputs. */
export async function runFollowUp(context: ActivityContext, input: RunFollowUpInput): Promise<StepOutputs> {
  const followUp = context.followUps.get(input.uses);
  if (!followUp) throw rejection(`This worker knows no follow-up "${input.uses}".`);
  const parsed = followUp.with.safeParse(input.with);
  if (!parsed.success) {
    throw rejection(`${input.uses} cannot run with what it was given: ${issuesText(parsed.error, 'with')}.`);
  }
  const activity = Context.current();
  let done: { [what: string]: number } = {};
  // One object of a copy may take longer than the heartbeat timeout.
  const pulse = setInterval(() => activity.heartbeat(done), PULSE_MS);
  try {
    return await followUp.run(parsed.data, {
      region: input.region ?? context.region,
      signal: cancellationSignal(),
      onProgress: (progress) => (done = progress),
    });
  } catch (error) {
    throw toFailure(error);
  } finally {
    clearInterval(pulse);
  }
}
