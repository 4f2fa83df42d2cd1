import { isBucketName } from './bucket-name.ts';
import { S3Error } from './s3-error.ts';

/** What a request is about: nothing (the account), a bucket, or an object. Empty means not given. */
export interface S3Address {
  bucket: string;
  key: string;
  query: URLSearchParams;
}

/** Hosts that name a bucket: `<bucket>.localhost`, `<bucket>.s3.localhost`, `<bucket>.s3.eu-west-1.amazonaws.com` … */
const VIRTUAL_HOSTS = [/^(.+?)(?:\.s3)?\.localhost$/, /^(.+)\.s3[.-].+$/];

/**
 * Reads virtual-host style and path style addresses.
 *
 * @param target the request target to the letter: a parser of URLs would resolve `..`, which is a part of keys
 */
export function addressOf(host: string, target: string): S3Address {
  const queryAt = target.indexOf('?');
  const path = queryAt < 0 ? target : target.slice(0, queryAt);
  const query = new URLSearchParams(queryAt < 0 ? '' : target.slice(queryAt + 1));
  const bucketOfHost = virtualHostBucket(host);
  if (bucketOfHost !== undefined) return { bucket: bucketOfHost, key: decode(path.slice(1)), query };
  const [, bucket = '', key = ''] = /^\/([^/]*)\/?(.*)$/s.exec(path) ?? [];
  return { bucket: decode(bucket), key: decode(key), query };
}

/** `/bucket/key` or `bucket/key`, percent-encoded, as the header x-amz-copy-source has it. */
export function copySourceOf(header: string): { bucket: string; key: string } {
  const [source = '', versionId] = header.split('?versionId=');
  if (versionId !== undefined && versionId !== 'null') {
    throw new S3Error('NotImplemented', {}, 'The simulator does not implement versions of objects (copy source).');
  }
  const [, bucket = '', key = ''] = /^\/?([^/]+)\/(.+)$/s.exec(decode(source)) ?? [];
  if (bucket === '') {
    throw new S3Error('InvalidArgument', {
      ArgumentName: 'x-amz-copy-source',
      ArgumentValue: header,
    });
  }
  return { bucket, key };
}

function virtualHostBucket(host: string): string | undefined {
  const name = host.replace(/:\d+$/, '').toLowerCase();
  return VIRTUAL_HOSTS.map((pattern) => pattern.exec(name)?.[1]).find(
    (bucket) => bucket !== undefined && isBucketName(bucket),
  );
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new S3Error('InvalidURI', { URI: text });
  }
}
