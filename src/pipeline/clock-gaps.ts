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
function gapsOf(name: string, [first, last]: readonly [number, number]): Gap[] {
  const zone = IANAZone.create(name);
  const gaps: Gap[] = [];
  const end = Date.UTC(last + 1, 0, 1);
  let offset = zone.offset(Date.UTC(first, 0, 1));
  for (let at = Date.UTC(first, 0, 1); at < end; at += DAY_MS) {
    const next = zone.offset(at + DAY_MS);
    if (next > offset) gaps.push(...gapsAt(momentOfChange(zone, at), offset, next - offset));
    offset = next;
  }
  return gaps;
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
  const day = Math.floor(local / DAY_MS) * DAY_MS;
  const from = (local - day) / MINUTE_MS;
  const to = from + shift;
  const parts = [
    { day, from, to: Math.min(to, DAY_MINUTES), shift },
    { day: day + DAY_MS, from: 0, to: to - DAY_MINUTES, shift },
  ];
  return parts.filter((gap) => gap.to > gap.from);
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
