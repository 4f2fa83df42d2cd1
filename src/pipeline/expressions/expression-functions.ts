import { DateTime } from 'luxon';
import { quoted } from '../wording.ts';
import type { StepOutcome } from '../outcome.ts';
import { isFailure } from '../run-outcome.ts';

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
  in(scope: FunctionScope): (...args: never[]) => string | boolean;
}

const DATE = /^\d{4}-\d{2}-\d{2}$/;
const DATE_AND_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}.*(?:Z|[+-]\d{2}:?\d{2})$/;

/** The functions that expressions have besides those of CEL itself, by name; `docs/pipelines.md` tells people of them. */
export const EXPRESSION_FUNCTIONS = {
  /** Whether every step that this one needs, directly or not, succeeded. */
  succeeded: {
    signature: 'succeeded(): bool',
    in: (scope) => () => scope.outcomes.every((outcome) => outcome === 'succeeded'),
  },
  /** Whether at least one step that this one needs, directly or not, failed. */
  failed: {
    signature: 'failed(): bool',
    in: (scope) => () => scope.outcomes.some(isFailure),
  },
  /** True: the step runs however its needs ended. */
  always: {
    signature: 'always(): bool',
    in: () => () => true,
  },
  /** The date, or date and time, so many days later; earlier if negative. */
  addDays: {
    signature: 'addDays(string, int): string',
    in: (scope) => (text: string, days: bigint) => changed(text, scope, (date) => date.plus({ days: Number(days) })),
  },
  /** The same so many months later, or the last day of that month if it is shorter. */
  addMonths: {
    signature: 'addMonths(string, int): string',
    in: (scope) => (text: string, months: bigint) =>
      changed(text, scope, (date) => date.plus({ months: Number(months) })),
  },
  /** The date and time so many hours later, on the clock of the pipeline’s zone. */
  addHours: {
    signature: 'addHours(string, int): string',
    in: (scope) => (text: string, hours: bigint) => {
      if (DATE.test(text)) throw new Error(`addHours needs a date and time such as run.start, not ${quoted(text)}`);
      return changed(text, scope, (date) => date.plus({ hours: Number(hours) }));
    },
  },
  /** The first day of the month. */
  startOfMonth: {
    signature: 'startOfMonth(string): string',
    in: (scope) => (text: string) => toDate(parsed(text, scope).startOf('month')),
  },
  /** The last day of the month. */
  endOfMonth: {
    signature: 'endOfMonth(string): string',
    in: (scope) => (text: string) => toDate(parsed(text, scope).endOf('month')),
  },
  /** The date, or date and time, in the tokens of Luxon: yyyy MM dd HH, EEEE for Monday, E for 1 (Monday) to 7. */
  formatDate: {
    signature: 'formatDate(string, string): string',
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
