import { isDeepStrictEqual } from 'node:util';
import type { Difference } from '../pipeline/job.ts';

const text = (value: unknown): string => (value === undefined ? '(not set)' : JSON.stringify(value));

/**
 * The members in which a job that exists differs from the request. A member that the service does not repeat, or that the
 * request leaves to the service, is no difference.
 */
export function differences<Request extends object>(
  members: readonly (keyof Request & string)[],
  asked: Request,
  found: Partial<Request>,
): Difference[] {
  return members
    .filter((member) => asked[member] !== undefined && found[member] !== undefined)
    .filter((member) => !isDeepStrictEqual(asked[member], found[member]))
    .map((member) => ({ member, asked: text(asked[member]), found: text(found[member]) }));
}
