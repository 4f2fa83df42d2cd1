import { InvalidInputError } from '../../client/errors.ts';
import type { PipelineDefinition } from '../../pipeline/definition.ts';
import { periodKey, periodKeyOfText } from '../../pipeline/run-key.ts';

export interface PeriodOptions {
  /** A day, or an hour such as `2026-11-20T02`, on the clock of the pipeline's zone. */
  date?: string;
  key?: string;
}

/**
 * The key of the run that is to be started: as given, else of the period that contains `now` on the clock of the pipeline's zone.
 * Throws an InvalidInputError or a RunKeyError.
 */
export function chosenKey(definition: PipelineDefinition, { date, key }: PeriodOptions, now: Date): string {
  const { name, period = 'day', schedule } = definition;
  const zone = schedule?.timezone ?? 'UTC';
  if (date !== undefined && key !== undefined) throw new InvalidInputError(['Give --date or --key, not both.']);
  if (key !== undefined) return key;
  if (period === 'none') {
    const reason = date === undefined ? 'its runs have to be told apart' : '--date means nothing to it';
    throw new InvalidInputError([
      `Pipeline ${name} has no period, so ${reason}: give a key, for example --key first-try.`,
    ]);
  }
  return date === undefined ? periodKey(period, now, zone) : periodKeyOfText(period, date, zone);
}
