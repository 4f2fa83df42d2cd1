import { quoted } from '../wording.ts';

const SHORTHANDS = new Set(['@hourly', '@daily', '@midnight', '@weekly', '@monthly', '@yearly', '@annually']);

interface CronField {
  name: string;
  min: number;
  max: number;
  /** Names that may stand for numbers, the first for `min`. */
  names: readonly string[];
}

const FIELDS: readonly CronField[] = [
  { name: 'minute', min: 0, max: 59, names: [] },
  { name: 'hour', min: 0, max: 23, names: [] },
  { name: 'day of the month', min: 1, max: 31, names: [] },
  {
    name: 'month',
    min: 1,
    max: 12,
    names: ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'],
  },
  // Sunday is 0 and 7.
  { name: 'day of the week', min: 0, max: 7, names: ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'] },
];

const ITEM = /^(?:\*|(?<from>\w+)(?:-(?<to>\w+))?)(?:\/(?<step>\d+))?$/;

/**
 * Why `text` is not a cron expression, for a person; undefined when it is one: five fields (minute, hour, day of the month, month,
 * day of the week) of numbers, names, `*`, ranges, steps and lists, or a shorthand such as `@daily`.
 * A subset of what Temporal takes: https://docs.temporal.io/schedule#cron-expressions.
 */
export function cronProblem(text: string): string | undefined {
  if (text.startsWith('@')) {
    const shorthands = [...SHORTHANDS].join(', ');
    return SHORTHANDS.has(text) ? undefined : `${quoted(text)} is not a shorthand that is known here: ${shorthands}`;
  }
  if (text.includes('TZ=')) return `${quoted(text)} must not name a zone: write it as schedule.timezone`;
  const values = text.trim().split(/\s+/);
  if (values.length !== FIELDS.length) {
    return `${quoted(text)} is not a cron expression: it needs five fields, minute hour day month weekday, for example 0 2 * * *`;
  }
  for (const [index, field] of FIELDS.entries()) {
    const problem = fieldProblem(field, values[index] ?? '');
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function fieldProblem(field: CronField, value: string): string | undefined {
  const wrong = value.split(',').find((item) => !isItem(field, item));
  if (wrong === undefined) return undefined;
  const names = field.names.length > 0 ? ` or ${field.names.join(' ')}` : '';
  return `${quoted(wrong)} is not allowed as the ${field.name}: write ${field.min} to ${field.max}${names}, *, ranges as 1-5, steps as */2`;
}

function isItem(field: CronField, item: string): boolean {
  const groups = ITEM.exec(item)?.groups;
  if (!groups) return false;
  const { from, to, step } = groups;
  if (step !== undefined && (Number(step) < 1 || Number(step) > field.max)) return false;
  if (from === undefined) return true;
  const first = numberOf(field, from);
  const last = to === undefined ? first : numberOf(field, to);
  return first !== undefined && last !== undefined && first <= last;
}

function numberOf(field: CronField, text: string): number | undefined {
  const named = field.names.indexOf(text.toUpperCase());
  if (named >= 0) return field.min + named;
  const number = /^\d{1,2}$/.test(text) ? Number(text) : NaN;
  return number >= field.min && number <= field.max ? number : undefined;
}
