import type { Period } from './definition.ts';
import { quoted } from './wording.ts';

/** When a cron expression fires: the numbers that each field allows, ascending. All five have to fit. Sunday is 0. */
export interface CronTimes {
  minute: number[];
  hour: number[];
  dayOfMonth: number[];
  month: number[];
  dayOfWeek: number[];
}

const SHORTHANDS: ReadonlyMap<string, string> = new Map([
  ['@hourly', '0 * * * *'],
  ['@daily', '0 0 * * *'],
  ['@midnight', '0 0 * * *'],
  ['@weekly', '0 0 * * 0'],
  ['@monthly', '0 0 1 * *'],
  ['@yearly', '0 0 1 1 *'],
  ['@annually', '0 0 1 1 *'],
]);

interface CronField {
  field: keyof CronTimes;
  name: string;
  min: number;
  max: number;
  /** Names that may stand for numbers, the first for `min`. */
  names: readonly string[];
}

const FIELDS: readonly CronField[] = [
  { field: 'minute', name: 'minute', min: 0, max: 59, names: [] },
  { field: 'hour', name: 'hour', min: 0, max: 23, names: [] },
  { field: 'dayOfMonth', name: 'day of the month', min: 1, max: 31, names: [] },
  {
    field: 'month',
    name: 'month',
    min: 1,
    max: 12,
    names: ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'],
  },
  // Sunday is 0 and 7.
  {
    field: 'dayOfWeek',
    name: 'day of the week',
    min: 0,
    max: 7,
    names: ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'],
  },
];

const DAYS_OF_A_WEEK = 7;

/** The most that each month can have. */
const DAYS_OF_MONTHS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

const ITEM = /^(?:\*|(?<from>\w+)(?:-(?<to>\w+))?)(?:\/(?<step>\d+))?$/;

/**
 * Why `text` is not a cron expression, for a person; undefined when it is one: five fields (minute, hour, day of the month, month,
 * day of the week) of numbers, names, `*`, ranges, steps and lists, or a shorthand such as `@daily`.
 * A subset of what Temporal takes: https://docs.temporal.io/schedule#cron-expressions.
 */
export function cronProblem(text: string): string | undefined {
  if (text.startsWith('@')) {
    const shorthands = [...SHORTHANDS.keys()].join(', ');
    return SHORTHANDS.has(text) ? undefined : `${quoted(text)} is not a shorthand that is known here: ${shorthands}`;
  }
  if (text.includes('TZ=')) return `${quoted(text)} must not name a zone: write it as schedule.timezone`;
  const values = fieldsOf(text);
  if (values.length !== FIELDS.length) {
    return `${quoted(text)} is not a cron expression: it needs five fields, minute hour day month weekday, for example 0 2 * * *`;
  }
  for (const [index, field] of FIELDS.entries()) {
    const problem = fieldProblem(field, values[index] ?? '');
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** When a cron expression fires. Throws a RangeError for a text that is none. */
export function parseCron(text: string): CronTimes {
  const problem = cronProblem(text);
  if (problem !== undefined) throw new RangeError(problem);
  const values = fieldsOf(SHORTHANDS.get(text) ?? text);
  const times = FIELDS.map((field, index): [keyof CronTimes, number[]] => {
    const numbers = (values[index] ?? '').split(',').flatMap((item) => numbersOf(field, item) ?? []);
    return [field.field, [...new Set(numbers)].toSorted((one, other) => one - other)];
  });
  return Object.fromEntries(times) as unknown as CronTimes;
}

/** Whether there is any day at which it fires: 30 February is none. Every day of a month falls on every weekday in some year. */
export function firesAtAll({ dayOfMonth: [firstDay = 1], month }: CronTimes): boolean {
  return month.some((number) => firstDay <= (DAYS_OF_MONTHS[number - 1] ?? 0));
}

/**
 * Whether it fires more than once in a day, or an hour, on the clock of any zone. An hour that the clock shows twice is left aside:
 * it is two periods, and a day is told of one of them (see `repeatedFirings`).
 */
export function firesTwiceIn({ minute, hour }: CronTimes, period: Exclude<Period, 'none'>): boolean {
  const perHour = minute.length;
  return (period === 'hour' ? perHour : perHour * hour.length) > 1;
}

function fieldsOf(text: string): string[] {
  return text.trim().split(/\s+/);
}

function fieldProblem(field: CronField, value: string): string | undefined {
  const wrong = value.split(',').find((item) => numbersOf(field, item) === undefined);
  if (wrong === undefined) return undefined;
  const names = field.names.length > 0 ? ` or ${field.names.join(' ')}` : '';
  return `${quoted(wrong)} is not allowed as the ${field.name}: write ${field.min} to ${field.max}${names}, *, ranges as 1-5, steps as */2`;
}

/** The numbers that one item of a field's list stands for; undefined when it is none. */
function numbersOf(field: CronField, item: string): number[] | undefined {
  const groups = ITEM.exec(item)?.groups;
  if (!groups) return undefined;
  const { from, step = '1' } = groups;
  if (Number(step) < 1 || Number(step) > field.max) return undefined;
  const first = from === undefined ? field.min : numberOf(field, from);
  const last = lastOf(field, first, groups);
  if (first === undefined || last === undefined || first > last) return undefined;
  const count = Math.floor((last - first) / Number(step)) + 1;
  const numbers = Array.from({ length: count }, (_, index) => first + index * Number(step));
  return field.field === 'dayOfWeek' ? numbers.map((day) => day % DAYS_OF_A_WEEK) : numbers;
}

/** The end of a range; `5/10` goes on to the highest number, and so does `*`. A week's second Sunday is only meant when it is written. */
function lastOf(
  field: CronField,
  first: number | undefined,
  { from, to, step }: Record<string, string | undefined>,
): number | undefined {
  if (to !== undefined) return numberOf(field, to);
  const highest = field.field === 'dayOfWeek' ? DAYS_OF_A_WEEK - 1 : field.max;
  return from === undefined || step !== undefined ? Math.max(highest, first ?? 0) : first;
}

function numberOf(field: CronField, text: string): number | undefined {
  const named = field.names.indexOf(text.toUpperCase());
  if (named >= 0) return field.min + named;
  const number = /^\d{1,2}$/.test(text) ? Number(text) : NaN;
  return number >= field.min && number <= field.max ? number : undefined;
}
