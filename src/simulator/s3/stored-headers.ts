import type { PutOptions, StoredObject } from './object-store.ts';
import { headerOf } from './s3-call.ts';
import type { S3Call } from './s3-call.ts';
import { isChecksumHeader } from './checksums.ts';

/** What S3 keeps with an object beside its content type, besides `x-amz-meta-…`. */
const KEPT = ['cache-control', 'content-disposition', 'content-encoding', 'content-language', 'expires'];

/** What a request says is to be kept with the object. */
export function putOptionsOf(call: S3Call): PutOptions {
  const { headers } = call.request;
  const contentType = headerOf(call, 'content-type');
  const names = Object.keys(headers).filter((name) => KEPT.includes(name) || name.startsWith('x-amz-meta-'));
  const kept = names.map((name) => [name, headerOf(call, name) ?? ''] as const);
  const withoutTransferEncoding = kept.map(([name, value]) =>
    name === 'content-encoding'
      ? ([name, value.replace(/\s*aws-chunked\s*,?/, '').trim()] as const)
      : ([name, value] as const),
  );
  return {
    ...(contentType === undefined ? {} : { contentType }),
    headers: Object.fromEntries(withoutTransferEncoding.filter(([, value]) => value !== '')),
  };
}

/** The headers of an answer that carries or describes an object. Checksums only where the client asks for them. */
export function objectHeaders(object: StoredObject, withChecksums: boolean): Record<string, string> {
  const kept = Object.entries(object.headers).filter(([name]) => withChecksums || !isChecksumHeader(name));
  const checksumType: Record<string, string> = kept.some(([name]) => isChecksumHeader(name))
    ? { 'x-amz-checksum-type': 'FULL_OBJECT' }
    : {};
  return {
    ...Object.fromEntries(kept),
    ...checksumType,
    'accept-ranges': 'bytes',
    'content-type': object.contentType,
    etag: `"${object.etag}"`,
    'last-modified': object.lastModified.toUTCString(),
  };
}
