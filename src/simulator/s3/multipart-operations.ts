import { z } from 'zod';
import { pageSize } from './list-operations.ts';
import { putCondition } from './object-operations.ts';
import { bodyOf, checksumsOf, xmlBodyOf } from './request-body.ts';
import { headerOf } from './s3-call.ts';
import type { S3Answer, S3Call } from './s3-call.ts';
import { S3Error } from './s3-error.ts';
import { toXml } from './s3-xml.ts';
import { putOptionsOf } from './stored-headers.ts';
import type { Upload } from './multipart-uploads.ts';

export async function createMultipartUpload(call: S3Call): Promise<S3Answer> {
  const { store, bucket, key } = call;
  if (!(await store.hasBucket(bucket))) throw new S3Error('NoSuchBucket', { BucketName: bucket });
  const { contentType, headers = {} } = putOptionsOf(call);
  const UploadId = await call.uploads.create({ bucket, key, headers, ...(contentType && { contentType }) });
  return { body: toXml('InitiateMultipartUploadResult', { Bucket: bucket, Key: key, UploadId }) };
}

export async function uploadPart(call: S3Call): Promise<S3Answer> {
  const upload = await uploadOf(call);
  const body = bodyOf(call);
  const staged = await call.store.receive(body.stream);
  const part = await call.uploads.putPart(upload, call.query.get('partNumber') ?? '', staged);
  return { headers: { etag: `"${part.etag}"`, ...body.checksums() } };
}

const completion = z.object({
  CompleteMultipartUpload: z.object({
    Part: z.array(z.object({ PartNumber: z.string().regex(/^\s*\d+\s*$/), ETag: z.string() })).min(1),
  }),
});

export async function completeMultipartUpload(call: S3Call): Promise<S3Answer> {
  const upload = await uploadOf(call);
  // Checksums in the headers of this request are those of the object, not of the body.
  const checksums = checksumsOf(call).filter(({ value }) => !isComposite(value() ?? ''));
  const { CompleteMultipartUpload: asked } = await xmlBodyOf(call, completion, []);
  const named = asked.Part.map(({ PartNumber, ETag }) => ({
    number: Number(PartNumber),
    etag: ETag.trim().replaceAll('"', ''),
  }));
  const object = await call.uploads.complete(upload, named, { ...putCondition(call), checksums });
  const Location = `http://${headerOf(call, 'host') ?? ''}${call.request.url?.split('?')[0] ?? ''}`;
  const ETag = `"${object.etag}"`;
  return { body: toXml('CompleteMultipartUploadResult', { Location, Bucket: call.bucket, Key: call.key, ETag }) };
}

export async function abortMultipartUpload(call: S3Call): Promise<S3Answer> {
  await call.uploads.abort(await uploadOf(call));
  return { status: 204 };
}

export async function listParts(call: S3Call): Promise<S3Answer> {
  const { bucket, key, query, uploads } = call;
  const upload = await uploadOf(call);
  const marker = Number(query.get('part-number-marker') ?? 0);
  const maxParts = Math.min(1000, pageSize(query, 'max-parts'));
  const rest = (await uploads.parts(upload)).filter(({ number }) => number > marker);
  const page = rest.slice(0, maxParts);
  const IsTruncated = page.length < rest.length && maxParts > 0;
  const body = toXml('ListPartsResult', {
    Bucket: bucket,
    Key: key,
    UploadId: upload.id,
    PartNumberMarker: marker,
    NextPartNumberMarker: IsTruncated ? page.at(-1)?.number : undefined,
    MaxParts: maxParts,
    IsTruncated,
    StorageClass: 'STANDARD',
    Part: page.map((part) => ({
      PartNumber: part.number,
      LastModified: part.lastModified.toISOString(),
      ETag: `"${part.etag}"`,
      Size: part.size,
    })),
  });
  return { body };
}

/** A checksum of the checksums of `N` parts ends in `-N`. */
function isComposite(checksum: string): boolean {
  return /-\d+$/.test(checksum);
}

async function uploadOf(call: S3Call): Promise<Upload> {
  if (!(await call.store.hasBucket(call.bucket))) throw new S3Error('NoSuchBucket', { BucketName: call.bucket });
  return call.uploads.find(call.query.get('uploadId') ?? '', call.bucket, call.key);
}
