import type { JobState } from '../../pipeline/job-state.ts';
import type { Settings } from './settings.ts';

/** How Amazon ML names the states of an entity. A batch prediction cannot be stopped, so that the states for it are unused. */
export const STATUSES: Readonly<Record<JobState, string>> = {
  queued: 'PENDING',
  running: 'INPROGRESS',
  stopping: 'INPROGRESS',
  succeeded: 'COMPLETED',
  failed: 'FAILED',
  stopped: 'FAILED',
  deleted: 'DELETED',
};

/** The answer with all numbers as strings, if the settings say so; see there. */
export function asSent(answer: object, { numbersAsStrings }: Settings): object {
  return numbersAsStrings ? withNumbersAsStrings(answer) : answer;
}

function withNumbersAsStrings(answer: object): object {
  return Object.fromEntries(
    Object.entries(answer).map(([name, value]: [string, unknown]) => [name, numberAsString(value)]),
  );
}

function numberAsString(value: unknown): unknown {
  if (typeof value === 'number') return String(value);
  if (Array.isArray(value)) return value.map(numberAsString);
  return typeof value === 'object' && value !== null ? withNumbersAsStrings(value) : value;
}
