import { OWNER } from './owner.ts';
import type { S3Answer, S3Call } from './s3-call.ts';
import { regionOf } from './s3-call.ts';
import { S3Error } from './s3-error.ts';
import { toXml } from './s3-xml.ts';

export async function listBuckets({ store }: S3Call): Promise<S3Answer> {
  const buckets = await store.listBuckets();
  const Bucket = buckets.map(({ name, createdAt }) => ({ Name: name, CreationDate: createdAt.toISOString() }));
  return { body: toXml('ListAllMyBucketsResult', { Owner: OWNER, Buckets: { Bucket } }) };
}

export async function createBucket({ store, bucket }: S3Call): Promise<S3Answer> {
  await store.createBucket(bucket);
  return { headers: { location: `/${bucket}` } };
}

export async function headBucket(call: S3Call): Promise<S3Answer> {
  await requireBucket(call);
  return { headers: { 'x-amz-bucket-region': regionOf(call), 'x-amz-access-point-alias': 'false' } };
}

export async function getBucketLocation(call: S3Call): Promise<S3Answer> {
  await requireBucket(call);
  const region = regionOf(call);
  return { body: toXml('LocationConstraint', { '#text': region === 'us-east-1' ? '' : region }) };
}

export async function deleteBucket({ store, uploads, bucket }: S3Call): Promise<S3Answer> {
  await store.deleteBucket(bucket);
  await uploads.abortAll(bucket);
  return { status: 204 };
}

async function requireBucket({ store, bucket }: S3Call): Promise<void> {
  if (!(await store.hasBucket(bucket))) throw new S3Error('NoSuchBucket', { BucketName: bucket });
}
