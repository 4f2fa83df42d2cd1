import { quoted } from './wording.ts';

const DURATION = /^(?:(?<days>\d{1,4})d)?(?:(?<hours>\d{1,5})h)?(?:(?<minutes>\d{1,6})m)?(?:(?<seconds>\d{1,7})s)?$/;
const MILLISECONDS = { days: 86_400_000, hours: 3_600_000, minutes: 60_000, seconds: 1_000 } as const;

/** Why `text` is not a duration, for a person; undefined when it is one. */
export function durationProblem(text: string): string | undefined {
  const milliseconds = millisecondsOf(text);
  if (milliseconds === undefined)
    return `${quoted(text)} is not a duration: write for example 90s, 15m, 6h, 7d or 1h30m`;
  return milliseconds === 0 ? `${quoted(text)} is no time at all: a duration is at least 1s` : undefined;
}

/**
 * Milliseconds of a duration such as `90s`, `15m`, `6h`, `7d` or `1h30m`. A day is 24 hours.
 * Throws a RangeError for any other text.
 */
export function parseDuration(text: string): number {
  const problem = durationProblem(text);
  if (problem !== undefined) throw new RangeError(problem);
  return millisecondsOf(text) ?? 0;
}

/** A length of time as a duration, `1h30m`; `0s` for none, and what is less than a second is left out. */
export function durationText(milliseconds: number): string {
  let rest = milliseconds;
  const parts = Object.entries(MILLISECONDS).map(([unit, size]) => {
    const count = Math.floor(rest / size);
    rest -= count * size;
    return count === 0 ? '' : `${count}${unit.charAt(0)}`;
  });
  return parts.join('') || '0s';
}

function millisecondsOf(text: string): number | undefined {
  const groups = DURATION.exec(text)?.groups;
  if (!groups || text === '') return undefined;
  const units = Object.entries(MILLISECONDS);
  return units.reduce((sum, [unit, milliseconds]) => sum + Number(groups[unit] ?? 0) * milliseconds, 0);
}
