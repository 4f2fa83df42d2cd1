import { isGrpcDeadlineError } from '@temporalio/client';

/** Why a question to a run was not answered, for a person; the client's own words name only what it tried. */
export function queryProblem(error: unknown): string {
  if (isGrpcDeadlineError(error)) return 'none answered in time';
  if (!(error instanceof Error)) return String(error);
  if (error.cause instanceof Error) return queryProblem(error.cause);
  return 'details' in error && typeof error.details === 'string' ? error.details : error.message;
}
