import type { StoredObject } from './object-store.ts';
import { S3Error } from './s3-error.ts';

/** Reads one of the headers `if-match`, `if-none-match`, `if-modified-since`, `if-unmodified-since`. */
export type ConditionReader = (name: string) => string | undefined;

/**
 * Weighs the conditions of a read, as RFC 9110 §13.2.2 orders them; fails with PreconditionFailed.
 *
 * @returns whether the client's copy is as good as the object
 */
export function isNotModified(object: StoredObject, condition: ConditionReader): boolean {
  const match = condition('if-match');
  const unmodifiedSince = condition('if-unmodified-since');
  if (match !== undefined ? !names(match, object.etag) : isModifiedSince(object, unmodifiedSince) === true) {
    throw new S3Error('PreconditionFailed', { Condition: match === undefined ? 'If-Unmodified-Since' : 'If-Match' });
  }
  const noneMatch = condition('if-none-match');
  if (noneMatch !== undefined) return names(noneMatch, object.etag);
  return isModifiedSince(object, condition('if-modified-since')) === false;
}

/** Whether a header such as `"abc", "def"` or `*` names the ETag. */
function names(header: string, etag: string): boolean {
  return header.split(',').some((given) => ['*', etag].includes(given.trim().replace(/^(?:W\/)?"(.*)"$/, '$1')));
}

/** Undefined where the date is absent or none. HTTP dates have no fractions of seconds. */
function isModifiedSince(object: StoredObject, date: string | undefined): boolean | undefined {
  const since = date === undefined ? Number.NaN : Date.parse(date);
  return Number.isNaN(since) ? undefined : Math.floor(object.lastModified.getTime() / 1000) * 1000 > since;
}
