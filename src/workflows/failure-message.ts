import { ActivityFailure, ApplicationFailure, CancelledFailure, ChildWorkflowFailure } from '@temporalio/workflow';
import type { StartDoubt } from '../pipeline/job.ts';

/** What a failure says to a person: the message of the thing that failed, not Temporal's wrapping of it. */
export function messageOf(error: unknown): string {
  if ((error instanceof ActivityFailure || error instanceof ChildWorkflowFailure) && error.cause) {
    return messageOf(error.cause);
  }
  return error instanceof Error ? error.message : String(error);
}

/** What a start that failed or was cancelled says of its job, if it says anything. */
export function startDoubtOf(error: unknown): Partial<StartDoubt> | undefined {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  const details = cause instanceof ApplicationFailure || cause instanceof CancelledFailure ? cause.details : undefined;
  return details?.[0] as Partial<StartDoubt> | undefined;
}

/** The type of the failure that an activity ended with, if it has one. */
export function failureTypeOf(error: unknown): string | undefined {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  return cause instanceof ApplicationFailure ? (cause.type ?? undefined) : undefined;
}
