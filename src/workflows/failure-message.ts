import { ActivityFailure, ApplicationFailure, ChildWorkflowFailure } from '@temporalio/workflow';

/** What a failure says to a person: the message of the thing that failed, not Temporal's wrapping of it. */
export function messageOf(error: unknown): string {
  if ((error instanceof ActivityFailure || error instanceof ChildWorkflowFailure) && error.cause) {
    return messageOf(error.cause);
  }
  return error instanceof Error ? error.message : String(error);
}

/** The type of the failure that an activity ended with, if it has one. */
export function failureTypeOf(error: unknown): string | undefined {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  return cause instanceof ApplicationFailure ? (cause.type ?? undefined) : undefined;
}
