import type { JobRecords } from '../pipeline/job.ts';
import type { JobState } from '../pipeline/job-state.ts';

const EARLIEST = Date.UTC(2010, 0, 1);
const DAY_MS = 86_400_000;

/**
 * A service's time as ISO 8601, or nothing where the service sent none or an impossible one. The SDK reads some malformed
 * times as 1970 or as the year 2420 without a word, so only 2010 to tomorrow is believed.
 */
export function isoTime(time: Date | string | undefined): string | undefined {
  const date = typeof time === 'string' ? new Date(time) : time;
  const millis = date?.getTime() ?? Number.NaN;
  return millis >= EARLIEST && millis <= Date.now() + DAY_MS ? new Date(millis).toISOString() : undefined;
}

/** The record counts that the service gave, as numbers: some clients pass numeric texts through. */
export function records(counts: { [Count in keyof JobRecords]: number | string | undefined }): JobRecords | undefined {
  const known = Object.entries(counts).flatMap(([name, count]): [string, number][] =>
    count === undefined || !Number.isFinite(Number(count)) ? [] : [[name, Number(count)]],
  );
  return known.length > 0 ? Object.fromEntries(known) : undefined;
}

/** Longest message that is kept, in characters. */
const MAX_MESSAGE_LENGTH = 1_000;

/**
 * The service's own words, cut where they are very long: Amazon ML may send 10,240 characters, and Temporal takes no report of a run over 2 MB,
 * which for each failed job holds them twice.
 */
export function shortMessage(message: string | undefined): string | undefined {
  if (message === undefined || message.length <= MAX_MESSAGE_LENGTH) return message;
  return `${Array.from(message)
    .slice(0, MAX_MESSAGE_LENGTH - 1)
    .join('')}…`;
}

/** The object without its undefined members, which neither Temporal's converter nor an exact optional type carries. */
export function defined<T extends object>(object: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

const words = (status: string): string =>
  status
    .trim()
    .toUpperCase()
    .replace(/[\s_-]+/g, ' ');

/** The state that a table gives for a status. Compared by words: Personalize was seen to spell its statuses otherwise than it documents. */
export function stateOf(statuses: Readonly<Record<string, JobState>>, rawStatus: string): JobState | undefined {
  return Object.entries(statuses).find(([status]) => words(status) === words(rawStatus))?.[1];
}
