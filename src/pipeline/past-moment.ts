import { DateTime } from 'luxon';
import { durationProblem, parseDuration } from './duration.ts';

export const PAST_MOMENT_RULE = 'must be a date or time, for example 2026-11-20, or how long ago, for example 7d';

/**
 * A moment: a date or time in ISO 8601, on the clock of this machine unless it says otherwise, or how long ago it was.
 * Undefined when the text is neither.
 */
export function pastMomentOf(text: string, now: Date): Date | undefined {
  if (durationProblem(text) === undefined) return new Date(now.getTime() - parseDuration(text));
  const moment = DateTime.fromISO(text);
  return moment.isValid ? moment.toJSDate() : undefined;
}
