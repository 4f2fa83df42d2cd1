import {
  DAYS_OF_WEEK,
  MONTHS,
  type CalendarSpec,
  type CalendarSpecDescription,
  type DayOfWeek,
  type Month,
  type Range,
} from '@temporalio/client';
import type { LocalMinute } from '../../pipeline/clock-changes.ts';
import type { CronTimes } from '../../pipeline/cron.ts';

/** When a calendar of a schedule fires: the numbers that each field allows, ascending. Sunday is 0; no year stands for every year. */
export interface Calendar extends CronTimes {
  second: number[];
  year: number[];
  comment?: string;
}

interface Limits {
  min: number;
  max: number;
}

const LIMITS: Record<keyof CronTimes | 'second', Limits> = {
  second: { min: 0, max: 59 },
  minute: { min: 0, max: 59 },
  hour: { min: 0, max: 23 },
  dayOfMonth: { min: 1, max: 31 },
  month: { min: 1, max: 12 },
  dayOfWeek: { min: 0, max: 6 },
};

export function everyYear(times: CronTimes, comment: string): Calendar {
  return { ...times, second: [0], year: [], comment };
}

/** A calendar that fires once. */
export function once({ year, month, dayOfMonth, hour, minute }: LocalMinute, comment: string): Calendar {
  return {
    second: [0],
    minute: [minute],
    hour: [hour],
    dayOfMonth: [dayOfMonth],
    month: [month],
    year: [year],
    dayOfWeek: numbersFrom(LIMITS.dayOfWeek.min, LIMITS.dayOfWeek.max),
    comment,
  };
}

/** Whether a calendar fires at one minute only, of one year. */
export function isOnce({ minute, hour, dayOfMonth, month, year }: Calendar): boolean {
  return [minute, hour, dayOfMonth, month, year].every(({ length }) => length === 1);
}

/** A calendar as a cron expression, always the same for the same times; what cron cannot say follows in words. */
export function calendarText(calendar: Calendar): string {
  const fields = (['minute', 'hour', 'dayOfMonth', 'month', 'dayOfWeek'] as const).map((field) =>
    fieldText(calendar[field], LIMITS[field]),
  );
  const seconds = fieldText(calendar.second, LIMITS.second);
  return [
    ...fields,
    ...(seconds === '0' ? [] : [`(seconds ${seconds})`]),
    ...(calendar.year.length === 0 ? [] : [`(years ${calendar.year.join(',')})`]),
  ].join(' ');
}

/** A minute of one year: `2027-03-28 03:30`. */
export function onceText({ minute, hour, dayOfMonth, month, year }: Calendar): string {
  const [date, time] = [
    [...year, ...month, ...dayOfMonth],
    [...hour, ...minute],
  ];
  const padded = (numbers: number[]) => numbers.map((number) => String(number).padStart(2, '0'));
  return `${padded(date).join('-')} ${padded(time).join(':')}`;
}

function fieldText(numbers: readonly number[], { min, max }: Limits): string {
  const [first = min, second = first] = numbers;
  const step = second - first;
  const isSteps = numbers.length > 2 && numbers.every((number, index) => number === first + index * step);
  if (isSteps && step === 1 && first === min && numbers.at(-1) === max) return '*';
  if (isSteps && step > 1) {
    const reachesMax = (numbers.at(-1) ?? max) + step > max;
    return first === min && reachesMax ? `*/${step}` : `${first}-${numbers.at(-1)}/${step}`;
  }
  return rangesOf(numbers)
    .map(({ start, end }) => (start === end ? String(start) : `${start}-${end}`))
    .join(',');
}

/** What Temporal is told. */
export function calendarSpec({ comment, ...calendar }: Calendar): CalendarSpec {
  return {
    second: rangesOf(calendar.second),
    minute: rangesOf(calendar.minute),
    hour: rangesOf(calendar.hour),
    dayOfMonth: rangesOf(calendar.dayOfMonth),
    month: rangesOf(calendar.month).map(({ start, end }) => ({ start: monthOf(start), end: monthOf(end), step: 1 })),
    dayOfWeek: rangesOf(calendar.dayOfWeek).map(({ start, end }) => ({
      start: dayOf(start),
      end: dayOf(end),
      step: 1,
    })),
    ...(calendar.year.length > 0 && { year: rangesOf(calendar.year) }),
    ...(comment !== undefined && { comment }),
  };
}

/** What Temporal says. */
export function calendarOf(described: CalendarSpecDescription): Calendar {
  return {
    second: numbersIn(described.second),
    minute: numbersIn(described.minute),
    hour: numbersIn(described.hour),
    dayOfMonth: numbersIn(described.dayOfMonth),
    month: numbersIn(described.month.map((range) => numbered(range, MONTHS, LIMITS.month.min))),
    year: numbersIn(described.year),
    dayOfWeek: numbersIn(described.dayOfWeek.map((range) => numbered(range, DAYS_OF_WEEK, LIMITS.dayOfWeek.min))),
  };
}

function numbered<Name>({ start, end, step }: Range<Name>, names: readonly Name[], first: number): Range<number> {
  return { start: names.indexOf(start) + first, end: names.indexOf(end) + first, step };
}

function monthOf(number: number): Month {
  return MONTHS[number - LIMITS.month.min] ?? 'JANUARY';
}

function dayOf(number: number): DayOfWeek {
  return DAYS_OF_WEEK[number] ?? 'SUNDAY';
}

/** Numbers that follow each other, as ranges. */
function rangesOf(numbers: readonly number[]): Range<number>[] {
  const ranges: Range<number>[] = [];
  for (const number of numbers) {
    const last = ranges.at(-1);
    if (last?.end === number - 1) last.end = number;
    else ranges.push({ start: number, end: number, step: 1 });
  }
  return ranges;
}

function numbersIn(ranges: readonly Range<number>[]): number[] {
  const numbers = ranges.flatMap(({ start, end, step }) => numbersFrom(start, end, step));
  return [...new Set(numbers)].toSorted((one, other) => one - other);
}

function numbersFrom(start: number, end: number, step = 1): number[] {
  return Array.from({ length: Math.floor((end - start) / step) + 1 }, (_, index) => start + index * step);
}
