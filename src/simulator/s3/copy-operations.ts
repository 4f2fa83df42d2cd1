import { copySourceOf } from './address.ts';
import { copyRangeOf } from './byte-range.ts';
import type { OpenObject } from './object-store.ts';
import { isNotModified } from './preconditions.ts';
import { putCondition } from './object-operations.ts';
import { headerOf } from './s3-call.ts';
import type { S3Answer, S3Call } from './s3-call.ts';
import { S3Error } from './s3-error.ts';
import { toXml } from './s3-xml.ts';
import { putOptionsOf } from './stored-headers.ts';

export async function copyObject(call: S3Call): Promise<S3Answer> {
  const { store, bucket, key } = call;
  const replacesHeaders = headerOf(call, 'x-amz-metadata-directive')?.toUpperCase() === 'REPLACE';
  const condition = putCondition(call);
  return withCopySource(call, async (source) => {
    if (!replacesHeaders && source.bucket === bucket && source.opened.object.key === key) {
      const message =
        "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.";
      throw new S3Error('InvalidRequest', {}, message);
    }
    const staged = await store.receive(source.opened.read());
    const kept = replacesHeaders ? putOptionsOf(call) : source.opened.object;
    const object = await store.commit(bucket, key, staged, {
      ...(kept.contentType === undefined ? {} : { contentType: kept.contentType }),
      headers: kept.headers ?? {},
      ...condition,
    });
    const LastModified = object.lastModified.toISOString();
    return { body: toXml('CopyObjectResult', { LastModified, ETag: `"${object.etag}"` }) };
  });
}

export async function uploadPartCopy(call: S3Call): Promise<S3Answer> {
  const upload = await call.uploads.find(call.query.get('uploadId') ?? '', call.bucket, call.key);
  return withCopySource(call, async ({ opened }) => {
    const header = headerOf(call, 'x-amz-copy-source-range');
    const range = header === undefined ? undefined : copyRangeOf(header, opened.object.size);
    const staged = await call.store.receive(opened.read(range));
    const part = await call.uploads.putPart(upload, call.query.get('partNumber') ?? '', staged);
    const LastModified = part.lastModified.toISOString();
    return { body: toXml('CopyPartResult', { LastModified, ETag: `"${part.etag}"` }) };
  });
}

interface CopySource {
  bucket: string;
  opened: OpenObject;
}

async function withCopySource(call: S3Call, copy: (source: CopySource) => Promise<S3Answer>): Promise<S3Answer> {
  const { bucket, key } = copySourceOf(headerOf(call, 'x-amz-copy-source') ?? '');
  const opened = await call.store.open(bucket, key);
  if (opened === undefined) throw new S3Error('NoSuchKey', { Key: key });
  try {
    if (isNotModified(opened.object, (name) => headerOf(call, `x-amz-copy-source-${name}`))) {
      throw new S3Error('PreconditionFailed', { Condition: 'x-amz-copy-source-If-None-Match' });
    }
    return await copy({ bucket, opened });
  } finally {
    await opened.close();
  }
}
