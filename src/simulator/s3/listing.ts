/** Which keys to list, in S3's terms. */
export interface ListingQuery {
  prefix: string;
  /** Keys that hold it after the prefix are rolled up into common prefixes; empty for none. */
  delimiter: string;
  /** The key, or the common prefix, after which to begin; empty for the start. */
  after: string;
  maxKeys: number;
}

export interface Listing {
  keys: string[];
  commonPrefixes: string[];
  /** The last key or common prefix listed, if there is more after it. */
  next?: string;
}

/** S3 lists keys in the order of their UTF-8 bytes. */
function compareKeys(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/** One page of a listing. @param keys all those that begin with the prefix, sorted by their UTF-8 bytes */
export function listPage(keys: readonly string[], query: ListingQuery): Listing {
  const listing: Listing = { keys: [], commonPrefixes: [] };
  let last = '';
  for (const key of keys) {
    const commonPrefix = commonPrefixOf(key, query);
    const entry = commonPrefix ?? key;
    if (entry === last || isListedBefore(key, commonPrefix, query.after)) continue;
    if (listing.keys.length + listing.commonPrefixes.length >= query.maxKeys) {
      return query.maxKeys === 0 ? listing : { ...listing, next: last };
    }
    if (commonPrefix === undefined) listing.keys.push(key);
    else listing.commonPrefixes.push(commonPrefix);
    last = entry;
  }
  return listing;
}

function commonPrefixOf(key: string, { prefix, delimiter }: ListingQuery): string | undefined {
  const at = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
  return at < 0 ? undefined : key.slice(0, at + delimiter.length);
}

function isListedBefore(key: string, commonPrefix: string | undefined, after: string): boolean {
  return commonPrefix === after || compareKeys(key, after) <= 0;
}
