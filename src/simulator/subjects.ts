import type { Subjects } from './service.ts';

/** No id or ARN of the simulated services is longer. */
const LONGEST_NAME = 256;

/** The job that a request is about, for the ledger and the faults; the request need not be valid. */
export function jobOf(body: unknown, { job }: Subjects): { job?: string } {
  const name = firstOf(body, job);
  // An ARN ends with the job's name.
  return name === undefined ? {} : { job: name.slice(name.lastIndexOf('/') + 1) };
}

/** What else a request is about. */
export function resourceOf(body: unknown, { resource }: Subjects): { resource?: string } {
  const name = firstOf(body, resource);
  return name === undefined ? {} : { resource: name };
}

function firstOf(body: unknown, members: readonly string[]): string | undefined {
  if (typeof body !== 'object' || body === null) return undefined;
  const values = new Map<string, unknown>(Object.entries(body));
  const value = members.map((member) => values.get(member)).find((candidate) => typeof candidate === 'string');
  return typeof value === 'string' ? value.slice(0, LONGEST_NAME) : undefined;
}
