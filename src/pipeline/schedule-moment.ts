import { DateTime } from 'luxon';
import { quoted } from './wording.ts';

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const MOMENT = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2})?(?:Z|[+-]\d{2}:\d{2})?)?$/;

/** Why `text` is no moment of a schedule, for a person; undefined when it is one. */
export function momentProblem(text: string): string | undefined {
  if (MOMENT.test(text) && DateTime.fromISO(text, { zone: 'utc' }).isValid) return undefined;
  return `${quoted(text)} is not a moment: write a day, 2026-12-01, a time on the clock of the timezone, 2026-12-01T02:00, or one with its offset, 2026-12-01T02:00:00+01:00`;
}

/** The first moment that is meant: the day's first one if it is a day. Undefined when it is no moment, or the zone is none. */
export function firstMoment(text: string, zone: string): Date | undefined {
  const at = inZone(text, zone);
  return at?.toJSDate();
}

/** The last moment that is meant: the day's last second if it is a day. */
export function lastMoment(text: string, zone: string): Date | undefined {
  const at = inZone(text, zone);
  return (DAY.test(text) ? at?.endOf('day').startOf('second') : at)?.toJSDate();
}

function inZone(text: string, zone: string): DateTime | undefined {
  const at = MOMENT.test(text) ? DateTime.fromISO(text, { zone }) : undefined;
  return at?.isValid ? at : undefined;
}
