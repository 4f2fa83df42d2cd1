import { z } from 'zod';
import { listPage } from './listing.ts';
import type { ListingQuery } from './listing.ts';
import type { StoredObject } from './object-store.ts';
import { OWNER } from './owner.ts';
import type { S3Answer, S3Call } from './s3-call.ts';
import { S3Error } from './s3-error.ts';
import { toXml } from './s3-xml.ts';

const LARGEST_PAGE = 1000;

export async function listObjectsV2(call: S3Call): Promise<S3Answer> {
  const token = call.query.get('continuation-token') ?? undefined;
  const startAfter = call.query.get('start-after') ?? undefined;
  const query = listingQuery(call, token === undefined ? (startAfter ?? '') : fromToken(token));
  const { entries, keyCount, next } = await listEntries(call, query, call.query.get('fetch-owner') === 'true');
  const encode = keyEncoding(call);
  const body = toXml('ListBucketResult', {
    Name: call.bucket,
    Prefix: encode(query.prefix),
    StartAfter: startAfter && encode(startAfter),
    ContinuationToken: token,
    NextContinuationToken: next === undefined ? undefined : toToken(next),
    KeyCount: keyCount,
    ...entries,
  });
  return { body };
}

export async function listObjects(call: S3Call): Promise<S3Answer> {
  const marker = call.query.get('marker') ?? '';
  const query = listingQuery(call, marker);
  const { entries, next } = await listEntries(call, query, true);
  const encode = keyEncoding(call);
  const body = toXml('ListBucketResult', {
    Name: call.bucket,
    Prefix: encode(query.prefix),
    Marker: encode(marker),
    // S3 gives it only with a delimiter; clients go on from the last key otherwise.
    NextMarker: next === undefined || query.delimiter === '' ? undefined : encode(next),
    ...entries,
  });
  return { body };
}

function listingQuery(call: S3Call, after: string): ListingQuery {
  const { query } = call;
  return {
    prefix: query.get('prefix') ?? '',
    delimiter: query.get('delimiter') ?? '',
    after,
    maxKeys: Math.min(LARGEST_PAGE, pageSize(query, 'max-keys')),
  };
}

/** The number in a parameter that limits a page. */
export function pageSize(query: URLSearchParams, parameter: string): number {
  const given = query.get(parameter);
  if (given === null || given === '') return LARGEST_PAGE;
  if (!/^\d{1,10}$/.test(given) || Number(given) > 2 ** 31 - 1) {
    const message = `Provided ${parameter} not an integer or within integer range`;
    throw new S3Error('InvalidArgument', { ArgumentName: parameter, ArgumentValue: given }, message);
  }
  return Number(given);
}

async function listEntries(call: S3Call, query: ListingQuery, withOwner: boolean) {
  const page = listPage(await call.store.keys(call.bucket, query.prefix), query);
  const encode = keyEncoding(call);
  const objects: StoredObject[] = [];
  for (const key of page.keys) {
    const object = await call.store.head(call.bucket, key);
    if (object !== undefined) objects.push(object);
  }
  const entries = {
    Delimiter: query.delimiter === '' ? undefined : encode(query.delimiter),
    MaxKeys: query.maxKeys,
    EncodingType: call.query.get('encoding-type') ?? undefined,
    IsTruncated: page.next !== undefined,
    Contents: objects.map((object) => ({
      Key: encode(object.key),
      LastModified: object.lastModified.toISOString(),
      ETag: `"${object.etag}"`,
      Size: object.size,
      ...(withOwner ? { Owner: OWNER } : {}),
      StorageClass: 'STANDARD',
    })),
    CommonPrefixes: page.commonPrefixes.map((prefix) => ({ Prefix: encode(prefix) })),
  };
  return { entries, keyCount: page.keys.length + page.commonPrefixes.length, next: page.next };
}

function keyEncoding(call: S3Call): (key: string) => string {
  const type = call.query.get('encoding-type');
  if (type === null) return (key) => key;
  if (type === 'url') return urlEncode;
  const message = 'Invalid Encoding Method specified in Request';
  throw new S3Error('InvalidArgument', { ArgumentName: 'encoding-type', ArgumentValue: type }, message);
}

/** As S3 does it: like a form, but `/` stays. */
function urlEncode(key: string): string {
  return encodeURIComponent(key)
    .replace(/[!'()~]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%2F', '/')
    .replaceAll('%20', '+');
}

const token = z.object({ after: z.string() });

function toToken(after: string): string {
  return Buffer.from(JSON.stringify({ after } satisfies z.infer<typeof token>)).toString('base64');
}

function fromToken(text: string): string {
  try {
    return token.parse(JSON.parse(Buffer.from(text, 'base64').toString())).after;
  } catch {
    const message = 'The continuation token provided is incorrect';
    throw new S3Error('InvalidArgument', { ArgumentName: 'continuation-token' }, message);
  }
}
