import { ApplicationFailure, CancelledFailure, cancellationDetails } from '@temporalio/activity';
import { ApplicationFailureCategory } from '@temporalio/common';

/**
 * How a held activity ends that was told to stop. Only a cancel that somebody asked for ends it for good; after anything else the server
 * gives it to the next worker.
 *
 * @param details what the workflow has to know
 */
export function farewell(what: string, ...details: unknown[]): Error {
  if (cancellationDetails()?.cancelRequested) return new CancelledFailure(`${what} was cancelled`, details);
  return ApplicationFailure.create({
    type: 'HandedOver',
    message: `The worker went away; another one goes on with it: ${what}`,
    category: ApplicationFailureCategory.BENIGN,
    nextRetryDelay: 1,
  });
}
