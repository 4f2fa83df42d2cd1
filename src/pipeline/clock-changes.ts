import { IANAZone } from 'luxon';
import type { CronTimes } from './cron.ts';

/** A minute on the clock of a zone. */
export interface LocalMinute {
  year: number;
  month: number;
  dayOfMonth: number;
  hour: number;
  minute: number;
}

/** A run that the clock would leave out, and when it starts instead. */
export interface ShiftedFiring {
  /** A minute that does not exist on that day. */
  missing: LocalMinute;
  instead: LocalMinute;
}

/** The first minute of an hour that the clock shows twice at which a cron expression fires: when it is that minute. */
export interface RepeatedFiring {
  first: Date;
  second: Date;
  /** The expression fires at no other time of that day. */
  isAlone: boolean;
}

/** A change of a zone's offset from UTC, in minutes. */
interface ClockChange {
  /** The first minute with the new offset, in milliseconds since 1970. */
  moment: number;
  before: number;
  after: number;
}

/** A part of a day that its clock skips, in minutes since midnight. */
interface Gap {
  /** The day, as midnight UTC in milliseconds. */
  day: number;
  from: number;
  /** The first minute that exists again. */
  to: number;
  /** By how much the clock is put forward. */
  shift: number;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MINUTES = 24 * 60;
const DAY_MS = DAY_MINUTES * MINUTE_MS;

/**
 * The days on which a cron expression would fire only at minutes that the zone's clock skips, so that it would not fire at all: each with the
 * minute at which it fires instead, as much later as the clock is put forward (02:30 becomes 03:30), or the last one before the gap where the
 * day is over by then.
 *
 * @param zone IANA name
 * @param years the first and the last year to look at
 */
export function shiftedFirings(times: CronTimes, zone: string, years: readonly [number, number]): ShiftedFiring[] {
  return gapsOf(zone, years).flatMap((gap) => {
    const missing = firingsOn(times, gap.day);
    const [first] = missing;
    const isWholeDay = gap.from === 0 && gap.to >= DAY_MINUTES;
    const isInGap = (minute: number) => minute >= gap.from && minute < gap.to;
    if (first === undefined || isWholeDay || !missing.every(isInGap)) return [];
    const later = first + gap.shift;
    const instead = later < DAY_MINUTES ? later : gap.from - 1;
    return [{ missing: minuteOf(gap.day, first), instead: minuteOf(gap.day, instead) }];
  });
}

/**
 * The hours that the zone's clock shows twice and in which a cron expression fires.
 *
 * @param zone IANA name
 * @param years the first and the last year to look at
 */
export function repeatedFirings(times: CronTimes, zone: string, years: readonly [number, number]): RepeatedFiring[] {
  return changesOf(zone, years)
    .filter(({ before, after }) => after < before)
    .flatMap(({ moment, before, after }) => {
      const ends = moment + before * MINUTE_MS;
      const begins = moment + after * MINUTE_MS;
      const isRepeated = (minute: number) => minute >= begins && minute < ends;
      const momentAt = (minute: number, offset: number) => new Date(minute - offset * MINUTE_MS);
      const days = [...new Set([begins, ends - MINUTE_MS].map(dayOf))];
      return days.flatMap((day) => {
        const minutes = firingsOn(times, day).map((minute) => day + minute * MINUTE_MS);
        const repeated = minutes.filter(isRepeated);
        const isAlone = minutes.length === repeated.length;
        return repeated
          .filter((minute, index) => index === 0 || hourOf(minute) !== hourOf(repeated[index - 1] ?? 0))
          .map((minute) => ({ first: momentAt(minute, before), second: momentAt(minute, after), isAlone }));
      });
    });
}

/** The minutes of a day at which a cron expression is to fire, since midnight. */
function firingsOn({ minute, hour, dayOfMonth, month, dayOfWeek }: CronTimes, day: number): number[] {
  const date = new Date(day);
  const fits =
    dayOfMonth.includes(date.getUTCDate()) &&
    month.includes(date.getUTCMonth() + 1) &&
    dayOfWeek.includes(date.getUTCDay());
  return fits ? hour.flatMap((hours) => minute.map((minutes) => hours * 60 + minutes)) : [];
}

/** What the clock of a zone skips in some years. A gap over midnight is two. */
function gapsOf(zone: string, years: readonly [number, number]): Gap[] {
  return changesOf(zone, years)
    .filter(({ before, after }) => after > before)
    .flatMap(({ moment, before, after }) => gapsAt(moment, before, after - before));
}

/** To walk through the days of two decades takes some 50 ms, and many pipelines are of one zone. */
const knownChanges = new Map<string, readonly ClockChange[]>();

/** The changes of the clock of a zone in some years. */
function changesOf(zone: string, years: readonly [number, number]): readonly ClockChange[] {
  const key = [zone, ...years].join(' ');
  const known = knownChanges.get(key) ?? changesFound(zone, years);
  knownChanges.set(key, known);
  return known;
}

function changesFound(name: string, [first, last]: readonly [number, number]): ClockChange[] {
  const zone = IANAZone.create(name);
  const changes: ClockChange[] = [];
  const end = Date.UTC(last + 1, 0, 1);
  let before = zone.offset(Date.UTC(first, 0, 1));
  for (let at = Date.UTC(first, 0, 1); at < end; at += DAY_MS) {
    const after = zone.offset(at + DAY_MS);
    if (after !== before) changes.push({ moment: momentOfChange(zone, at), before, after });
    before = after;
  }
  return changes;
}

/** The first minute with the new offset, of the day from `start` on. */
function momentOfChange(zone: IANAZone, start: number): number {
  let [before, after] = [start, start + DAY_MS];
  while (after - before > MINUTE_MS) {
    const middle = before + Math.floor((after - before) / 2 / MINUTE_MS) * MINUTE_MS;
    if (zone.offset(middle) === zone.offset(start)) before = middle;
    else after = middle;
  }
  return after;
}

function gapsAt(moment: number, offset: number, shift: number): Gap[] {
  const local = moment + offset * MINUTE_MS;
  const day = dayOf(local);
  const from = (local - day) / MINUTE_MS;
  const to = from + shift;
  const parts = [
    { day, from, to: Math.min(to, DAY_MINUTES), shift },
    { day: day + DAY_MS, from: 0, to: to - DAY_MINUTES, shift },
  ];
  return parts.filter((gap) => gap.to > gap.from);
}

function dayOf(local: number): number {
  return Math.floor(local / DAY_MS) * DAY_MS;
}

function hourOf(local: number): number {
  return Math.floor(local / HOUR_MS);
}

function minuteOf(day: number, minute: number): LocalMinute {
  const date = new Date(day + minute * MINUTE_MS);
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    dayOfMonth: date.getUTCDate(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
  };
}
