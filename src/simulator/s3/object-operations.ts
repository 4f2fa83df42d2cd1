import { z } from 'zod';
import { rangeOf } from './byte-range.ts';
import type { OpenObject } from './object-store.ts';
import { isNotModified } from './preconditions.ts';
import { bodyOf, xmlBodyOf } from './request-body.ts';
import { headerOf } from './s3-call.ts';
import type { S3Answer, S3Call } from './s3-call.ts';
import { isChecksumHeader } from './checksums.ts';
import { S3Error } from './s3-error.ts';
import { toXml } from './s3-xml.ts';
import { objectHeaders, putOptionsOf } from './stored-headers.ts';

/** Query parameters that replace headers of the answer. */
const OVERRIDES: Readonly<Record<string, string>> = {
  'response-cache-control': 'cache-control',
  'response-content-disposition': 'content-disposition',
  'response-content-encoding': 'content-encoding',
  'response-content-language': 'content-language',
  'response-content-type': 'content-type',
  'response-expires': 'expires',
};

export async function putObject(call: S3Call): Promise<S3Answer> {
  const { store, bucket, key } = call;
  if (!(await store.hasBucket(bucket))) throw new S3Error('NoSuchBucket', { BucketName: bucket });
  const options = putOptionsOf(call);
  const condition = putCondition(call);
  const body = bodyOf(call);
  const staged = await store.receive(body.stream);
  const headers = { ...options.headers, ...body.checksums() };
  const object = await store.commit(bucket, key, staged, { ...options, ...condition, headers });
  return { headers: { etag: `"${object.etag}"`, ...body.checksums() } };
}

/** S3 takes only `*`: write if there is none yet. */
export function putCondition(call: S3Call): { onlyIfAbsent: boolean } {
  const noneMatch = headerOf(call, 'if-none-match');
  if (headerOf(call, 'if-match') !== undefined || (noneMatch !== undefined && noneMatch !== '*')) {
    throw new S3Error('NotImplemented', {}, 'The simulator implements no condition on writes but If-None-Match: *.');
  }
  return { onlyIfAbsent: noneMatch !== undefined };
}

export async function headObject(call: S3Call): Promise<S3Answer> {
  const answer = await getObject(call);
  await answer.close?.();
  return { status: answer.status ?? 200, headers: answer.headers ?? {} };
}

export async function getObject(call: S3Call): Promise<S3Answer> {
  const opened = await call.store.open(call.bucket, call.key);
  if (opened === undefined) throw new S3Error('NoSuchKey', { Key: call.key });
  try {
    return readAnswer(call, opened);
  } catch (error) {
    await opened.close();
    throw error;
  }
}

function readAnswer(call: S3Call, opened: OpenObject): S3Answer {
  const { object, close } = opened;
  if (isNotModified(object, (name) => headerOf(call, name))) {
    return { status: 304, headers: objectHeaders(object, false), close };
  }
  const range = rangeOf(headerOf(call, 'range'), object.size);
  const withChecksums = range === undefined && headerOf(call, 'x-amz-checksum-mode')?.toUpperCase() === 'ENABLED';
  const headers = { ...objectHeaders(object, withChecksums), ...overriddenHeaders(call) };
  if (range === undefined) {
    return { headers: { ...headers, 'content-length': String(object.size) }, body: () => opened.read(), close };
  }
  return {
    status: 206,
    headers: {
      ...headers,
      'content-length': String(range.end - range.start + 1),
      'content-range': `bytes ${range.start}-${range.end}/${object.size}`,
    },
    body: () => opened.read(range),
    close,
  };
}

function overriddenHeaders({ query }: S3Call): Record<string, string> {
  const given = Object.entries(OVERRIDES).map(([parameter, header]) => [header, query.get(parameter) ?? ''] as const);
  return Object.fromEntries(given.filter(([, value]) => value !== ''));
}

export async function deleteObject({ store, bucket, key }: S3Call): Promise<S3Answer> {
  await store.delete(bucket, key);
  return { status: 204 };
}

const deletion = z.object({
  Delete: z.object({
    Quiet: z.string().optional(),
    Object: z
      .array(z.object({ Key: z.string().min(1) }))
      .min(1)
      .max(1000),
  }),
});

export async function deleteObjects(call: S3Call): Promise<S3Answer> {
  const { store, bucket } = call;
  const { headers } = call.request;
  if (headers['content-md5'] === undefined && !Object.keys(headers).some(isChecksumHeader)) {
    throw new S3Error('InvalidRequest', {}, 'Missing required header for this request: Content-MD5');
  }
  const { Delete: asked } = await xmlBodyOf(call, deletion);
  for (const { Key } of asked.Object) await store.delete(bucket, Key);
  const isQuiet = asked.Quiet?.trim() === 'true';
  return { body: toXml('DeleteResult', isQuiet ? {} : { Deleted: asked.Object.map(({ Key }) => ({ Key })) }) };
}
