import { InvalidArgumentError } from 'commander';
import { momentOf } from '../client/where.ts';

/** Gathers the values of an option that may be given more than once. */
export function collected(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
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

/** A moment: a date or time in ISO 8601, on the clock of this machine unless it says otherwise, or how long ago it was. */
export function pastMoment(text: string): Date {
  const moment = momentOf(text);
  if (moment) return moment;
  throw new InvalidArgumentError('It must be a date or time, for example 2026-11-20, or how long ago, for example 7d.');
}
