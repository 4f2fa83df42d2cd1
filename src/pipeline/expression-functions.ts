import { DateTime } from 'luxon';
import { quoted } from './wording.ts';
import type { StepOutcome } from './outcome.ts';
import { isFailure } from './run-outcome.ts';

/** What the functions of an expression can see. */
export interface FunctionScope {
  /** How the direct and indirect needs of the step ended. */
  outcomes: readonly StepOutcome[];
  /** The pipeline's time zone, an IANA name. */
  timezone: string;
}

interface ExpressionFunction {
  /** In CEL's terms; an `int` arrives as a BigInt. */
  signature: string;
  /** What it gives, for people. */
  gives: string;
  in(scope: FunctionScope): (...args: never[]) => string | boolean;
}

const DATE = /^\d{4}-\d{2}-\d{2}$/;
const DATE_AND_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}.*(?:Z|[+-]\d{2}:?\d{2})$/;

/** The functions that expressions have besides those of CEL itself, by name. */
export const EXPRESSION_FUNCTIONS = {
  succeeded: {
    signature: 'succeeded(): bool',
    gives: 'whether every step that this one needs, directly or not, succeeded',
    in: (scope) => () => scope.outcomes.every((outcome) => outcome === 'succeeded'),
  },
  failed: {
    signature: 'failed(): bool',
    gives: 'whether at least one step that this one needs, directly or not, failed',
    in: (scope) => () => scope.outcomes.some(isFailure),
  },
  always: {
    signature: 'always(): bool',
    gives: 'true: the step runs however its needs ended',
    in: () => () => true,
  },
  addDays: {
    signature: 'addDays(string, int): string',
    gives: 'the date, or date and time, so many days later; earlier if negative',
    in: (scope) => (text: string, days: bigint) => changed(text, scope, (date) => date.plus({ days: Number(days) })),
  },
  addMonths: {
    signature: 'addMonths(string, int): string',
    gives: 'the same so many months later, or the last day of that month if it is shorter',
    in: (scope) => (text: string, months: bigint) =>
      changed(text, scope, (date) => date.plus({ months: Number(months) })),
  },
  addHours: {
    signature: 'addHours(string, int): string',
    gives: 'the date and time so many hours later, on the clock of the pipeline’s zone',
    in: (scope) => (text: string, hours: bigint) => {
      if (DATE.test(text)) throw new Error(`addHours needs a date and time such as run.start, not ${quoted(text)}`);
      return changed(text, scope, (date) => date.plus({ hours: Number(hours) }));
    },
  },
  startOfMonth: {
    signature: 'startOfMonth(string): string',
    gives: 'the first day of the month',
    in: (scope) => (text: string) => toDate(parsed(text, scope).startOf('month')),
  },
  endOfMonth: {
    signature: 'endOfMonth(string): string',
    gives: 'the last day of the month',
    in: (scope) => (text: string) => toDate(parsed(text, scope).endOf('month')),
  },
  formatDate: {
    signature: 'formatDate(string, string): string',
    gives: 'the date, or date and time, in the tokens of Luxon: yyyy MM dd HH, EEEE for Monday, E for 1 (Monday) to 7',
    in: (scope) => (text: string, format: string) => parsed(text, scope).toFormat(format),
  },
} as const satisfies Record<string, ExpressionFunction>;

function changed(text: string, scope: FunctionScope, change: (date: DateTime) => DateTime): string {
  const result = change(parsed(text, scope));
  if (!result.isValid || result.year < 0 || result.year > 9999)
    throw new Error(`${quoted(text)} was moved out of range`);
  return DATE.test(text) ? toDate(result) : result.toFormat("yyyy-MM-dd'T'HH:mm:ssZZ");
}

// Locale and calendar are fixed because they would otherwise come from the machine, and a replay has to see the same values.
function parsed(text: string, scope: FunctionScope): DateTime {
  const zone = DATE.test(text) ? 'utc' : scope.timezone;
  const date = DateTime.fromISO(text, { zone, locale: 'en-US', numberingSystem: 'latn', outputCalendar: 'gregory' });
  if (date.isValid && (DATE.test(text) || DATE_AND_TIME.test(text))) return date;
  throw new Error(
    `${quoted(text)} is not a date such as 2026-11-20, nor a date and time such as 2026-11-20T02:00:00+01:00`,
  );
}

function toDate(date: DateTime): string {
  return date.toFormat('yyyy-MM-dd');
}
