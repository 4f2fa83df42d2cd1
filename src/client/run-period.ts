import type { PipelineDefinition } from '../pipeline/definition.ts';
import { zoneOf } from '../pipeline/zone.ts';
import { periodKey, periodKeyOfText } from '../pipeline/run-key.ts';
import { InvalidInputError } from './errors.ts';

export interface PeriodOptions {
  /** A day, or an hour such as `2026-11-20T02`, on the clock of the pipeline's zone. */
  date?: string;
  key?: string;
}

/** How messages call the two: the names that the person who asks knows them by. */
export interface PeriodWords {
  date: string;
  key: string;
  keyExample: string;
}

const WORDS_OF_COMMAND: PeriodWords = { date: '--date', key: '--key', keyExample: '--key first-try' };

/**
 * The key of the run that is to be started: as given, else of the period that contains `now` on the clock of the pipeline's zone.
 * Throws an InvalidInputError or a RunKeyError.
 */
export function chosenKey(
  definition: PipelineDefinition,
  { date, key }: PeriodOptions,
  now: Date,
  words = WORDS_OF_COMMAND,
): string {
  const { name, period = 'day' } = definition;
  if (date !== undefined && key !== undefined)
    throw new InvalidInputError([`Give ${words.date} or ${words.key}, not both.`]);
  if (key !== undefined && period !== 'hour') return key;
  if (period === 'none') {
    const reason = date === undefined ? 'its runs have to be told apart' : `${words.date} means nothing to it`;
    throw new InvalidInputError([
      `Pipeline ${name} has no period, so ${reason}: give a key, for example ${words.keyExample}.`,
    ]);
  }
  const zone = zoneOf(definition);
  const text = date ?? key;
  return text === undefined ? periodKey(period, now, zone) : periodKeyOfText(period, text, zone);
}
