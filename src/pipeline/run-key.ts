import { DateTime, IANAZone } from 'luxon';
import type { Period } from './definition.ts';
import { nameProblem } from './names.ts';
import { quoted } from './wording.ts';

/** A run key, or a part of one, that is not well formed. The message says what is wrong and what it should look like. */
export class RunKeyError extends Error {
  override readonly name = 'RunKeyError';
}

export interface RunKeyParts {
  pipeline: string;
  key: string;
}

/** What a period key stands for. */
export interface KeyPeriod {
  /** The day, or the day of the hour, in the pipeline's zone: `2026-11-20`. */
  date: string;
  /** The hour on the clock of the pipeline's zone, `00` to `23`; hourly pipelines only. */
  hour?: string;
  /** Where the period starts: the date, or for an hour the moment with its offset, `2026-11-20T02:00:00+01:00`. */
  start: string;
}

const DAY_KEY = /^\d{4}-\d{2}-\d{2}$/;
const HOUR_KEY = /^(?<date>\d{4}-\d{2}-\d{2})T(?<hour>[01]\d|2[0-3])(?<offset>Z|[+-](?!0000)(?:0\d|1[0-4])[0-5]\d)$/;
/** Clocks are set to whole quarters of an hour. */
const QUARTERS = [0, 15, 30, 45];
const LOCAL_HOUR = /^\d{4}-\d{2}-\d{2}T(?:[01]\d|2[0-3])$/;

/** The run key of a pipeline and a key, for example `churn-nightly/2026-11-20`; it is the Temporal workflow id as well. */
export function runKey(pipeline: string, key: string): string {
  assertName('pipeline', pipeline);
  assertName('key', key);
  return `${pipeline}/${key}`;
}

/** The pipeline and the key of a run key. */
export function parseRunKey(text: string): RunKeyParts {
  const slash = text.indexOf('/');
  if (slash < 0) {
    throw new RunKeyError(`${quoted(text)} is not a run key: write PIPELINE/KEY, for example churn-nightly/2026-11-20`);
  }
  const parts = { pipeline: text.slice(0, slash), key: text.slice(slash + 1) };
  assertName('pipeline', parts.pipeline);
  assertName('key', parts.key);
  return parts;
}

/** Whether a text is a run key. */
export function isRunKey(text: string): boolean {
  const slash = text.indexOf('/');
  const names = [['pipeline', text.slice(0, slash)] as const, ['key', text.slice(slash + 1)] as const];
  return slash > 0 && names.every(([kind, name]) => nameProblem(kind, name) === undefined);
}

/**
 * The key of the period that contains a moment.
 *
 * A day is `2026-11-20`. An hour carries its offset from UTC, `2026-10-25T02+0200` (`Z` when there is none), so that the
 * hour which the autumn night has twice gives two keys, and a change of the pipeline's zone never repeats an old key.
 *
 * @param zone IANA name, for example `Europe/Berlin`
 */
export function periodKey(period: Exclude<Period, 'none'>, at: Date, zone: string): string {
  return keyOf(period, local(DateTime.fromJSDate(at), zone));
}

/**
 * The key of a period as people write it: `2026-11-20` for a day; for an hour `2026-11-20T02`, on the clock of `zone`, or the hour with any offset,
 * for example `2026-11-20T01Z`. Throws when the hour does not exist on that night, or exists twice.
 */
export function periodKeyOfText(period: Exclude<Period, 'none'>, text: string, zone: string): string {
  if (period === 'day') {
    periodOfKey(period, text);
    return text;
  }
  if (!LOCAL_HOUR.test(text)) return hourKeyIn(zone, text);
  const meant = local(DateTime.fromISO(text), zone, { keepLocalTime: true });
  if (!meant.isValid || meant.toFormat("yyyy-MM-dd'T'HH") !== text) {
    throw new RunKeyError(`${quoted(text)} does not exist in ${zone}: clocks skip that hour, or there is no such day`);
  }
  const keys = meant.getPossibleOffsets().map((candidate) => keyOf('hour', candidate));
  if (keys.length > 1) throw new RunKeyError(`${quoted(text)} exists twice in ${zone}: say ${keys.join(' or ')}`);
  return keyOf('hour', meant);
}

/**
 * The key that an hour has on the clock of a zone, whatever the offset in `key`: only so has an hour one run. Throws when it is no whole hour there, as
 * `2026-11-20T01Z` in India.
 */
export function hourKeyIn(zone: string, key: string): string {
  const start = DateTime.fromISO(periodOfKey('hour', key).start);
  // Where clocks change by half an hour, an hour on the clock may begin in its middle.
  const isOwn = QUARTERS.some((minutes) => periodKey('hour', start.plus({ minutes }).toJSDate(), zone) === key);
  if (isOwn) return key;
  const there = local(start, zone);
  if (there.minute === 0) return keyOf('hour', there);
  throw new RunKeyError(
    `${quoted(key)} is no whole hour in ${zone}: it is ${there.toFormat("HH:mm 'on' yyyy-MM-dd")} there`,
  );
}

/** The period that a key stands for; undefined for pipelines without a period, whose keys are the caller's own. */
export function periodOfKey(period: 'none', key: string): undefined;
export function periodOfKey(period: Exclude<Period, 'none'>, key: string): KeyPeriod;
export function periodOfKey(period: Period, key: string): KeyPeriod | undefined;
export function periodOfKey(period: Period, key: string): KeyPeriod | undefined {
  if (period === 'none') return undefined;
  const found = period === 'day' ? dayOfKey(key) : hourOfKey(key);
  if (found && isDate(found.date)) return found;
  const example = period === 'day' ? 'a day, for example 2026-11-20' : 'an hour, for example 2026-11-20T02+0100';
  throw new RunKeyError(`${quoted(key)} is not ${example}`);
}

function dayOfKey(key: string): KeyPeriod | undefined {
  return DAY_KEY.test(key) ? { date: key, start: key } : undefined;
}

function hourOfKey(key: string): KeyPeriod | undefined {
  const { date, hour, offset } = HOUR_KEY.exec(key)?.groups ?? {};
  if (date === undefined || hour === undefined || offset === undefined) return undefined;
  const isoOffset = offset === 'Z' ? offset : `${offset.slice(0, 3)}:${offset.slice(3)}`;
  return { date, hour, start: `${date}T${hour}:00:00${isoOffset}` };
}

function keyOf(period: Exclude<Period, 'none'>, at: DateTime): string {
  if (period === 'day') return at.toFormat('yyyy-MM-dd');
  return at.toFormat(at.offset === 0 ? "yyyy-MM-dd'T'HH'Z'" : "yyyy-MM-dd'T'HHZZZ");
}

function local(at: DateTime, zone: string, options?: { keepLocalTime: boolean }): DateTime {
  if (!IANAZone.isValidZone(zone))
    throw new RunKeyError(`${quoted(zone)} is not an IANA time zone such as Europe/Berlin`);
  return at
    .setZone(zone, options)
    .setLocale('en-US')
    .reconfigure({ numberingSystem: 'latn', outputCalendar: 'gregory' });
}

function isDate(text: string): boolean {
  return DateTime.fromISO(text, { zone: 'utc' }).isValid;
}

function assertName(kind: 'pipeline' | 'key', name: string): void {
  const problem = nameProblem(kind, name);
  if (problem !== undefined) throw new RunKeyError(problem);
}
