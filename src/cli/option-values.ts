import { InvalidArgumentError } from 'commander';
import { PAST_MOMENT_RULE, pastMomentOf } from '../pipeline/past-moment.ts';

/** Gathers the values of an option that may be given more than once. */
export function collected(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}

/** A text that says something. */
export function notBlank(text: string): string {
  if (text.trim() === '') throw new InvalidArgumentError('It must not be blank.');
  return text;
}

export function wholeNumber(text: string): number {
  const number = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(number) || number < 1) {
    throw new InvalidArgumentError('It must be a whole number from 1.');
  }
  return number;
}

export function portNumber(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port < 1 || port > 65_535)
    throw new InvalidArgumentError('It must be a port from 1 to 65535.');
  return port;
}

export function positiveNumber(text: string): number {
  const number = Number(text);
  if (text.trim() === '' || !Number.isFinite(number) || number <= 0) {
    throw new InvalidArgumentError('It must be a number above 0.');
  }
  return number;
}

/** Slower than one in 100 seconds is no rate, and timers end at some weeks; faster than this Temporal's own limits count. */
const RATES = { lowest: 0.01, highest: 100 } as const;

/** How many of something in a second. */
export function rate(text: string): number {
  const number = positiveNumber(text);
  if (number < RATES.lowest || number > RATES.highest) {
    throw new InvalidArgumentError(`It must be a number from ${RATES.lowest} to ${RATES.highest}.`);
  }
  return number;
}

/** A moment that has been; see {@link pastMomentOf}. */
export function pastMoment(text: string): Date {
  const moment = pastMomentOf(text, new Date());
  if (!moment) throw new InvalidArgumentError(`It ${PAST_MOMENT_RULE}.`);
  return moment;
}
