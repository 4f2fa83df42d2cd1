import { isGrpcCancelledError, isGrpcDeadlineError, isGrpcServiceError } from '@temporalio/client';

/** Status of gRPC with which Temporal answers where no worker has asked for work of a task queue lately. */
const FAILED_PRECONDITION: unknown = 9;

/**
 * Whether Temporal took longer for an answer than it was given. Both sides count that time: where the server is first, it cuts the stream, which
 * the client knows only as cancelled (grpc-js 1.14, "Call cancelled"). Nightscore itself cancels no call.
 */
export function isBrokenOff(error: unknown): boolean {
  return isGrpcDeadlineError(error) || isGrpcCancelledError(error);
}

/** Whether a question to a run failed because no worker answers: the time was over, or Temporal knew that before. */
export function isUnanswered(error: unknown): boolean {
  if (isBrokenOff(error)) return true;
  if (!(error instanceof Error)) return false;
  return isGrpcServiceError(error) ? error.code === FAILED_PRECONDITION : isUnanswered(error.cause);
}

/** Why a question to a run was not answered, for a person; the client's own words name only what it tried. */
export function queryProblem(error: unknown): string {
  if (isUnanswered(error)) return 'none answered';
  if (!(error instanceof Error)) return String(error);
  if (error.cause instanceof Error) return queryProblem(error.cause);
  return 'details' in error && typeof error.details === 'string' ? error.details : error.message;
}
