import type { Readable } from 'node:stream';
import { GetObjectCommand, paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3';
import type { S3Location } from '../../pipeline/s3-uri.ts';
import { callAws, ServiceError } from '../errors.ts';
import type { ReadingOptions } from '../service.ts';

/** The keys that begin with the location's key, less those of folders, which end with a slash. */
export async function* listKeys(s3: S3Client, { bucket, key }: S3Location): AsyncGenerator<string> {
  const pages = paginateListObjectsV2({ client: s3 }, { Bucket: bucket, Prefix: key });
  for (;;) {
    const page = await callAws('ListObjectsV2', () => pages.next());
    if (page.done) return;
    for (const { Key } of page.value.Contents ?? []) if (Key !== undefined && !Key.endsWith('/')) yield Key;
  }
}

/** The bytes of an object as they come; undefined when there is no such object. */
export async function openObject(
  s3: S3Client,
  { bucket, key }: S3Location,
  options: ReadingOptions,
): Promise<AsyncGenerator<Buffer> | undefined> {
  options.signal.throwIfAborted();
  try {
    const command = new GetObjectCommand({ Bucket: bucket, Key: key });
    const { Body } = await callAws('GetObject', () => s3.send(command, { abortSignal: options.signal }));
    return Body && read(Body as Readable, options);
  } catch (error) {
    options.signal.throwIfAborted();
    if (error instanceof ServiceError && error.code === 'NoSuchKey') return undefined;
    throw error;
  }
}

async function* read(body: Readable, { signal, onProgress }: ReadingOptions): AsyncGenerator<Buffer> {
  let bytes = 0;
  const chunks = body[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  try {
    for (;;) {
      // A connection that breaks in the middle is AWS's failure, not the file's: the caller reads again.
      const chunk = await callAws('GetObject', () => chunks.next());
      signal.throwIfAborted();
      if (chunk.done) return;
      bytes += chunk.value.length;
      onProgress({ bytes });
      yield chunk.value;
    }
  } finally {
    body.destroy();
  }
}
