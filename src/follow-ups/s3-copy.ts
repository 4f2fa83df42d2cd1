import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  HeadObjectCommand,
  paginateListObjectsV2,
  UploadPartCopyCommand,
  type CompletedPart,
  type S3Client,
} from '@aws-sdk/client-s3';
import pMap from 'p-map';
import { z } from 'zod';
import { isPossibleS3Uri, parseS3Uri, type S3Location } from '../pipeline/s3-uri.ts';
import { callAws } from '../services/errors.ts';
import { createS3Client } from '../services/s3-client.ts';
import { FollowUpError, type FollowUp } from './follow-up.ts';

/** Largest object that CopyObject takes: https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html */
const MAX_SINGLE_COPY_BYTES = 5 * 1024 ** 3;
/** 1 GiB parts keep the largest object, 5 TiB, under S3's limit of 10,000 parts. */
const PART_BYTES = 1024 ** 3;
const COPIES_AT_ONCE = 8;

const s3Location = z
  .string()
  .regex(/^s3:\/\/./, 'must be an S3 URI such as s3://bucket/folder/')
  .refine(isPossibleS3Uri, 'names a bucket that S3 does not allow');

const withSchema = z
  .strictObject({
    from: s3Location.describe('The object to copy, or with a slash at its end the folder of objects to copy'),
    to: s3Location.describe('Where to copy to: an object, or a folder if `from` is one'),
  })
  .refine(({ from, to }) => from.endsWith('/') === to.endsWith('/'), {
    message: 'must end with a slash if and only if `from` does: a folder is copied to a folder, an object to an object',
    path: ['to'],
  })
  .refine(({ from, to }) => !to.startsWith(from) || !from.endsWith('/'), {
    message: 'must not lie inside `from`: the copies would be copied again',
    path: ['to'],
  });

type CopyInput = z.infer<typeof withSchema>;

interface SourceObject {
  key: string;
  size: number;
}

/** Copies an object or a folder within S3, without reading it. A folder that holds nothing is an error. */
export const s3Copy: FollowUp<CopyInput, { to: string; copied: number; bytes: number }> = {
  name: 's3/copy',
  with: withSchema,
  outputs: { to: 'string', copied: 'int', bytes: 'int' },

  async run(input, { region, signal, onProgress }) {
    const client = createS3Client(region);
    const from = located(input.from);
    const to = located(input.to);
    const done = { copied: 0, bytes: 0 };
    const copyOne = async ({ key, size }: SourceObject) => {
      signal.throwIfAborted();
      await copy(
        client,
        { bucket: from.bucket, key },
        { bucket: to.bucket, key: to.key + key.slice(from.key.length) },
        size,
        signal,
      );
      done.copied += 1;
      done.bytes += size;
      onProgress({ ...done });
    };
    await pMap(sources(client, from), copyOne, { concurrency: COPIES_AT_ONCE });
    if (done.copied === 0) throw new FollowUpError(`There is nothing to copy: ${input.from} holds no objects.`);
    return { to: input.to, ...done };
  },
};

function located(uri: string): S3Location {
  const location = parseS3Uri(uri);
  if (!location) throw new FollowUpError(`${uri} is not an S3 URI`);
  return location;
}

/** The objects that `from` means: all under a folder, or the one that it names. */
async function* sources(client: S3Client, { bucket, key }: S3Location): AsyncGenerator<SourceObject> {
  if (key !== '' && !key.endsWith('/')) {
    const head = await callAws('HeadObject', () => client.send(new HeadObjectCommand({ Bucket: bucket, Key: key })));
    yield { key, size: head.ContentLength ?? 0 };
    return;
  }
  const pages = paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: key });
  for (;;) {
    const page = await callAws('ListObjectsV2', () => pages.next());
    if (page.done) return;
    for (const object of page.value.Contents ?? []) {
      if (object.Key !== undefined) yield { key: object.Key, size: object.Size ?? 0 };
    }
  }
}

async function copy(
  client: S3Client,
  from: S3Location,
  to: S3Location,
  size: number,
  signal: AbortSignal,
): Promise<void> {
  if (size > MAX_SINGLE_COPY_BYTES) return copyInParts(client, from, to, size, signal);
  const command = new CopyObjectCommand({ Bucket: to.bucket, Key: to.key, CopySource: copySource(from) });
  await callAws('CopyObject', () => client.send(command));
}

async function copyInParts(
  client: S3Client,
  from: S3Location,
  to: S3Location,
  size: number,
  signal: AbortSignal,
): Promise<void> {
  const target = { Bucket: to.bucket, Key: to.key };
  const { UploadId } = await callAws('CreateMultipartUpload', () =>
    client.send(new CreateMultipartUploadCommand(target)),
  );
  try {
    const parts: CompletedPart[] = [];
    for (let start = 0; start < size; start += PART_BYTES) {
      signal.throwIfAborted();
      const end = Math.min(start + PART_BYTES, size) - 1;
      const PartNumber = parts.length + 1;
      const range = { CopySource: copySource(from), CopySourceRange: `bytes=${start}-${end}` };
      const command = new UploadPartCopyCommand({ ...target, ...range, UploadId, PartNumber });
      const { CopyPartResult } = await callAws('UploadPartCopy', () => client.send(command));
      parts.push({ PartNumber, ETag: CopyPartResult?.ETag });
    }
    const command = new CompleteMultipartUploadCommand({ ...target, UploadId, MultipartUpload: { Parts: parts } });
    await callAws('CompleteMultipartUpload', () => client.send(command));
  } catch (error) {
    // Parts of an upload that nobody completes are stored, and paid for, until it is aborted.
    await client.send(new AbortMultipartUploadCommand({ ...target, UploadId })).catch(() => undefined);
    throw error;
  }
}

function copySource({ bucket, key }: S3Location): string {
  return `${bucket}/${key.split('/').map(encodeURIComponent).join('/')}`;
}
