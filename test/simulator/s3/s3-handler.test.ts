import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { Agent } from 'node:http';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import * as s3 from '@aws-sdk/client-s3';
import type { S3Client } from '@aws-sdk/client-s3';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startS3Server } from './s3-server.ts';
import type { S3Server } from './s3-server.ts';

let server: S3Server;
let client: S3Client;
let Bucket: string;
let bucketCount = 0;

beforeAll(async () => {
  server = await startS3Server();
  client = server.client();
});
afterAll(() => server.close());
beforeEach(async () => {
  Bucket = `bucket-${++bucketCount}`;
  await client.send(new s3.CreateBucketCommand({ Bucket }));
});

const put = (Key: string, Body: string | Buffer = 'x') => client.send(new s3.PutObjectCommand({ Bucket, Key, Body }));
const get = (Key: string, options: Partial<s3.GetObjectCommandInput> = {}) =>
  client.send(new s3.GetObjectCommand({ Bucket, Key, ...options }));
const bodyOf = async (Key: string) => (await get(Key)).Body!.transformToString();

describe('an object', () => {
  test('comes back as it was put, with its type and metadata', async () => {
    await client.send(
      new s3.PutObjectCommand({
        Bucket,
        Key: 'in/customers.csv',
        Body: 'id\n1\n',
        ContentType: 'text/csv',
        CacheControl: 'no-store',
        Metadata: { owner: 'nightscore' },
      }),
    );
    const answer = await get('in/customers.csv');
    expect(await answer.Body!.transformToString()).toBe('id\n1\n');
    expect(answer).toMatchObject({
      ContentType: 'text/csv',
      ContentLength: 5,
      CacheControl: 'no-store',
      Metadata: { owner: 'nightscore' },
      ETag: `"${createHash('md5').update('id\n1\n').digest('hex')}"`,
    });
    expect(await readFile(join(server.folder, Bucket, 'in/customers.csv'), 'utf8')).toBe('id\n1\n');
  });

  test('can be sent as a stream, which the client sends aws-chunked with a trailing checksum', async () => {
    const bytes = Buffer.alloc(3_000_000, 'nightscore');
    const chunks = Array.from({ length: 30 }, (_, index) => bytes.subarray(index * 100_000, (index + 1) * 100_000));
    await client.send(
      new s3.PutObjectCommand({ Bucket, Key: 'big', Body: Readable.from(chunks), ContentLength: bytes.length }),
    );
    const answer = await get('big');
    expect(Buffer.from(await answer.Body!.transformToByteArray()).equals(bytes)).toBe(true);
    expect(answer.ContentEncoding).toBeUndefined();
    expect(answer.ChecksumCRC32).toBeDefined();
  });

  test('is checked against every checksum that the client knows', async () => {
    for (const ChecksumAlgorithm of ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] as const) {
      const answer = await client.send(new s3.PutObjectCommand({ Bucket, Key: 'a', Body: 'abc', ChecksumAlgorithm }));
      expect(answer[`Checksum${ChecksumAlgorithm}`]).toBeDefined();
      await client.send(
        new s3.PutObjectCommand({
          Bucket,
          Key: 'b',
          Body: Readable.from(['abc']),
          ContentLength: 3,
          ChecksumAlgorithm,
        }),
      );
      expect((await get('b'))[`Checksum${ChecksumAlgorithm}`]).toBe(answer[`Checksum${ChecksumAlgorithm}`]);
    }
  });

  test('with a wrong checksum or MD5 is refused and not kept', async () => {
    const wrong = { Bucket, Key: 'a', Body: 'abc' };
    for (const [digest, name] of [
      [{ ContentMD5: createHash('md5').update('x').digest('base64') }, 'BadDigest'],
      [{ ContentMD5: 'short' }, 'InvalidDigest'],
      [{ ChecksumSHA256: createHash('sha256').update('x').digest('base64') }, 'BadDigest'],
    ] as const) {
      await expect(client.send(new s3.PutObjectCommand({ ...wrong, ...digest }))).rejects.toMatchObject({ name });
    }
    await expect(get('a')).rejects.toMatchObject({ name: 'NoSuchKey' });
  });

  test('is written only once with If-None-Match: *', async () => {
    const once = new s3.PutObjectCommand({ Bucket, Key: 'a', Body: 'x', IfNoneMatch: '*' });
    const answers = await Promise.allSettled([client.send(once), client.send(once), client.send(once)]);
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    await expect(client.send(once)).rejects.toMatchObject({ name: 'PreconditionFailed' });
  });

  test('is read in part', async () => {
    await put('a', '0123456789');
    for (const [Range, text, ContentRange] of [
      ['bytes=2-4', '234', 'bytes 2-4/10'],
      ['bytes=7-', '789', 'bytes 7-9/10'],
      ['bytes=-3', '789', 'bytes 7-9/10'],
      ['bytes=8-100', '89', 'bytes 8-9/10'],
    ] as const) {
      const answer = await get('a', { Range });
      expect(answer).toMatchObject({ ContentRange, $metadata: { httpStatusCode: 206 } });
      expect(await answer.Body!.transformToString()).toBe(text);
    }
    await expect(get('a', { Range: 'bytes=10-' })).rejects.toMatchObject({
      name: 'InvalidRange',
      $metadata: { httpStatusCode: 416 },
    });
  });

  test('is read on condition', async () => {
    const { ETag } = await put('a', 'abc');
    const { LastModified } = await get('a');
    const status = async (options: Partial<s3.GetObjectCommandInput>) =>
      get('a', options).then(
        ({ $metadata }) => $metadata.httpStatusCode,
        (error: s3.S3ServiceException) => error.$metadata.httpStatusCode,
      );
    const before = new Date(LastModified!.getTime() - 60_000);
    expect(await status({ IfMatch: ETag! })).toBe(200);
    expect(await status({ IfMatch: '"other"' })).toBe(412);
    expect(await status({ IfNoneMatch: ETag! })).toBe(304);
    expect(await status({ IfNoneMatch: '"other"' })).toBe(200);
    expect(await status({ IfModifiedSince: LastModified! })).toBe(304);
    expect(await status({ IfModifiedSince: before })).toBe(200);
    expect(await status({ IfUnmodifiedSince: before })).toBe(412);
  });

  test('is described by a head, whose errors have no body', async () => {
    await put('a', 'abc');
    expect(await client.send(new s3.HeadObjectCommand({ Bucket, Key: 'a' }))).toMatchObject({ ContentLength: 3 });
    await expect(client.send(new s3.HeadObjectCommand({ Bucket, Key: 'b' }))).rejects.toMatchObject({
      name: 'NotFound',
      $metadata: { httpStatusCode: 404 },
    });
  });

  test('is deleted alone or with others, and deleting none is no error', async () => {
    for (const key of ['a', 'b', 'c']) await put(key);
    await client.send(new s3.DeleteObjectCommand({ Bucket, Key: 'a' }));
    await client.send(new s3.DeleteObjectCommand({ Bucket, Key: 'a' }));
    const Objects = [{ Key: 'b' }, { Key: 'none & <nothing>' }];
    const answer = await client.send(new s3.DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
    expect(answer.Deleted?.map(({ Key }) => Key)).toEqual(['b', 'none & <nothing>']);
    expect(await server.store.keys(Bucket, '')).toEqual(['c']);
  });

  test('is copied with its metadata, under any name', async () => {
    const Key = 'odd name/ü+%2F&?.csv';
    await client.send(
      new s3.PutObjectCommand({ Bucket, Key, Body: 'abc', ContentType: 'text/csv', Metadata: { a: '1' } }),
    );
    const CopySource = `${Bucket}/${encodeURIComponent(Key)}`;
    const copied = await client.send(new s3.CopyObjectCommand({ Bucket, Key: 'copy', CopySource }));
    expect(copied.CopyObjectResult).toMatchObject({ ETag: '"900150983cd24fb0d6963f7d28e17f72"' });
    expect(await get('copy')).toMatchObject({ ContentType: 'text/csv', Metadata: { a: '1' } });
    await client.send(
      new s3.CopyObjectCommand({ Bucket, Key, CopySource, MetadataDirective: 'REPLACE', ContentType: 'text/plain' }),
    );
    expect(await get(Key)).toMatchObject({ ContentType: 'text/plain', Metadata: {} });
    await expect(client.send(new s3.CopyObjectCommand({ Bucket, Key, CopySource }))).rejects.toMatchObject({
      name: 'InvalidRequest',
    });
    await expect(
      client.send(new s3.CopyObjectCommand({ Bucket, Key: 'x', CopySource: `${Bucket}/none` })),
    ).rejects.toMatchObject({ name: 'NoSuchKey' });
  });

  test('may have any key', async () => {
    const segment = fc.oneof(
      fc.constantFrom('', '.', '..', '%', '%2F', '+', ' ', '&<>"', '\u0001', '\n', 'ä😀', 'A', 'a', '.nightscore'),
      fc.string({ unit: 'grapheme', maxLength: 8 }),
    );
    const anyKey = fc
      .array(segment, { minLength: 1, maxLength: 4 })
      .map((segments) => segments.join('/'))
      .filter((key) => key !== '');
    await fc.assert(
      fc.asyncProperty(anyKey, async (key) => {
        await put(key, `body of ${key}`);
        expect(await bodyOf(key)).toBe(`body of ${key}`);
        const listed = await client.send(new s3.ListObjectsV2Command({ Bucket, Prefix: key, EncodingType: 'url' }));
        expect(listed.Contents?.map(({ Key = '' }) => decodeURIComponent(Key.replaceAll('+', ' ')))).toEqual([key]);
        await client.send(new s3.DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key: key }] } }));
        expect(await server.store.keys(Bucket, '')).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });
});

describe('a listing', () => {
  const keys = ['a.csv', 'in/1.csv', 'in/2.csv', 'in/old/3.csv', 'out/ü 4.csv', 'z'];
  const list = (options: Partial<s3.ListObjectsV2CommandInput> = {}) =>
    client.send(new s3.ListObjectsV2Command({ Bucket, ...options }));

  beforeEach(async () => {
    for (const key of keys) await put(key, key);
  });

  test('holds every object with its size and ETag', async () => {
    const { Contents, KeyCount, IsTruncated } = await list();
    expect(Contents?.map(({ Key }) => Key)).toEqual(keys);
    expect(Contents?.[0]).toMatchObject({ Size: 5, StorageClass: 'STANDARD', LastModified: expect.any(Date) });
    expect({ KeyCount, IsTruncated }).toEqual({ KeyCount: 6, IsTruncated: false });
  });

  test('looks like folders with a delimiter', async () => {
    const top = await list({ Delimiter: '/' });
    expect(top.Contents?.map(({ Key }) => Key)).toEqual(['a.csv', 'z']);
    expect(top.CommonPrefixes).toEqual([{ Prefix: 'in/' }, { Prefix: 'out/' }]);
    expect(top.KeyCount).toBe(4);
    const inner = await list({ Delimiter: '/', Prefix: 'in/' });
    expect(inner.Contents?.map(({ Key }) => Key)).toEqual(['in/1.csv', 'in/2.csv']);
    expect(inner.CommonPrefixes).toEqual([{ Prefix: 'in/old/' }]);
  });

  test('comes in pages that together hold everything once', async () => {
    for (const pageSize of [1, 2, 4]) {
      const seen: (string | undefined)[] = [];
      for await (const page of s3.paginateListObjectsV2({ client, pageSize }, { Bucket, Delimiter: '/' })) {
        seen.push(...(page.Contents ?? []).map(({ Key }) => Key), ...(page.CommonPrefixes ?? []).map((p) => p.Prefix));
        expect(page.KeyCount).toBeLessThanOrEqual(pageSize);
      }
      expect(seen).toHaveLength(4);
      expect(new Set(seen)).toEqual(new Set(['a.csv', 'in/', 'out/', 'z']));
    }
  });

  test('begins after a key', async () => {
    expect((await list({ StartAfter: 'in/1.csv', MaxKeys: 2 })).Contents?.map(({ Key }) => Key)).toEqual(
      keys.slice(2, 4),
    );
  });

  test('encodes keys on demand', async () => {
    const { Contents } = await list({ EncodingType: 'url', Prefix: 'out/' });
    expect(Contents?.map(({ Key }) => Key)).toEqual(['out/%C3%BC+4.csv']);
  });

  test('of the first version goes on from a marker', async () => {
    const first = await client.send(new s3.ListObjectsCommand({ Bucket, Delimiter: '/', MaxKeys: 2 }));
    expect(first).toMatchObject({ IsTruncated: true, NextMarker: 'in/' });
    const second = await client.send(new s3.ListObjectsCommand({ Bucket, Delimiter: '/', Marker: first.NextMarker }));
    expect(second.CommonPrefixes).toEqual([{ Prefix: 'out/' }]);
    expect(second.Contents?.map(({ Key }) => Key)).toEqual(['z']);
  });

  test('refuses a token that is not its own', async () => {
    await expect(list({ ContinuationToken: 'x' })).rejects.toMatchObject({ name: 'InvalidArgument' });
  });
});

describe('a multipart upload', () => {
  const MiB = 1024 ** 2;
  const Key = 'big/file.bin';
  const create = async () => {
    const { UploadId } = await client.send(
      new s3.CreateMultipartUploadCommand({ Bucket, Key, ContentType: 'text/csv' }),
    );
    return UploadId!;
  };
  const uploadPart = (UploadId: string, PartNumber: number, Body: Buffer) =>
    client.send(new s3.UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body }));
  const complete = (UploadId: string, Parts: s3.CompletedPart[]) =>
    client.send(new s3.CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts } }));

  test('joins its parts in the order of their numbers', async () => {
    const UploadId = await create();
    const bytes = [Buffer.alloc(5 * MiB, 'a'), Buffer.alloc(5 * MiB, 'b'), Buffer.from('c')];
    const Parts: s3.CompletedPart[] = [];
    for (const PartNumber of [3, 1, 2]) {
      const { ETag } = await uploadPart(UploadId, PartNumber, bytes[PartNumber - 1]!);
      Parts[PartNumber - 1] = { PartNumber, ETag: ETag! };
    }
    const page = await client.send(new s3.ListPartsCommand({ Bucket, Key, UploadId, MaxParts: 2 }));
    expect(page.Parts?.map(({ PartNumber, Size }) => [PartNumber, Size])).toEqual([
      [1, 5 * MiB],
      [2, 5 * MiB],
    ]);
    expect(page).toMatchObject({ IsTruncated: true, NextPartNumberMarker: '2' });
    const md5s = Buffer.concat(bytes.map((part) => createHash('md5').update(part).digest()));
    const { ETag } = await complete(UploadId, Parts);
    expect(ETag).toBe(`"${createHash('md5').update(md5s).digest('hex')}-3"`);
    const answer = await get(Key);
    expect(answer).toMatchObject({ ETag, ContentType: 'text/csv' });
    expect(Buffer.from(await answer.Body!.transformToByteArray()).equals(Buffer.concat(bytes))).toBe(true);
    await expect(complete(UploadId, Parts)).rejects.toMatchObject({ name: 'NoSuchUpload' });
  });

  test('takes the latest of a part that was sent twice', async () => {
    const UploadId = await create();
    const { ETag: first } = await uploadPart(UploadId, 1, Buffer.from('first'));
    const { ETag } = await uploadPart(UploadId, 1, Buffer.from('second'));
    await expect(complete(UploadId, [{ PartNumber: 1, ETag: first! }])).rejects.toMatchObject({ name: 'InvalidPart' });
    await complete(UploadId, [{ PartNumber: 1, ETag: ETag! }]);
    expect(await bodyOf(Key)).toBe('second');
  });

  test('refuses parts that are missing, out of order or too small', async () => {
    const UploadId = await create();
    const one = { PartNumber: 1, ETag: (await uploadPart(UploadId, 1, Buffer.from('1'))).ETag! };
    const two = { PartNumber: 2, ETag: (await uploadPart(UploadId, 2, Buffer.from('2'))).ETag! };
    await expect(complete(UploadId, [two, one])).rejects.toMatchObject({ name: 'InvalidPartOrder' });
    await expect(complete(UploadId, [one, two])).rejects.toMatchObject({ name: 'EntityTooSmall' });
    await expect(complete(UploadId, [{ ...two, PartNumber: 3 }])).rejects.toMatchObject({ name: 'InvalidPart' });
    await expect(complete(UploadId, [])).rejects.toMatchObject({ name: 'MalformedXML' });
    await expect(uploadPart(UploadId, 10_001, Buffer.from(''))).rejects.toMatchObject({ name: 'InvalidArgument' });
  });

  test('takes ranges of other objects as parts', async () => {
    await put('source', '0123456789');
    const UploadId = await create();
    const copyPart = (CopySourceRange: string) =>
      client.send(
        new s3.UploadPartCopyCommand({
          Bucket,
          Key,
          UploadId,
          PartNumber: 1,
          CopySource: `${Bucket}/source`,
          CopySourceRange,
        }),
      );
    await expect(copyPart('bytes=5-10')).rejects.toMatchObject({ name: 'InvalidArgument' });
    const { CopyPartResult } = await copyPart('bytes=2-5');
    await complete(UploadId, [{ PartNumber: 1, ETag: CopyPartResult!.ETag! }]);
    expect(await bodyOf(Key)).toBe('2345');
  });

  test('leaves nothing behind when it is aborted', async () => {
    const UploadId = await create();
    await uploadPart(UploadId, 1, Buffer.from('1'));
    await client.send(new s3.AbortMultipartUploadCommand({ Bucket, Key, UploadId }));
    await expect(uploadPart(UploadId, 2, Buffer.from('2'))).rejects.toMatchObject({ name: 'NoSuchUpload' });
    await expect(get(Key)).rejects.toMatchObject({ name: 'NoSuchKey' });
  });
});

describe('a bucket', () => {
  test('is listed, headed and located', async () => {
    const { Buckets } = await client.send(new s3.ListBucketsCommand({}));
    expect(Buckets).toContainEqual({ Name: Bucket, CreationDate: expect.any(Date) });
    expect(await client.send(new s3.HeadBucketCommand({ Bucket }))).toMatchObject({ BucketRegion: 'eu-west-1' });
    expect(await client.send(new s3.GetBucketLocationCommand({ Bucket }))).toMatchObject({
      LocationConstraint: 'eu-west-1',
    });
  });

  test('is refused twice, under a bad name and while it holds objects', async () => {
    await expect(client.send(new s3.CreateBucketCommand({ Bucket }))).rejects.toMatchObject({
      name: 'BucketAlreadyOwnedByYou',
    });
    await expect(client.send(new s3.CreateBucketCommand({ Bucket: 'Bad_Name' }))).rejects.toMatchObject({
      name: 'InvalidBucketName',
    });
    await put('a');
    await expect(client.send(new s3.DeleteBucketCommand({ Bucket }))).rejects.toMatchObject({ name: 'BucketNotEmpty' });
    await client.send(new s3.DeleteObjectCommand({ Bucket, Key: 'a' }));
    await client.send(new s3.DeleteBucketCommand({ Bucket }));
    await expect(client.send(new s3.ListObjectsV2Command({ Bucket }))).rejects.toMatchObject({ name: 'NoSuchBucket' });
    await expect(put('a')).rejects.toMatchObject({ name: 'NoSuchBucket' });
    await expect(client.send(new s3.HeadBucketCommand({ Bucket }))).rejects.toMatchObject({ name: 'NotFound' });
  });

  test('can be addressed by its name before the host', async () => {
    const httpAgent = new Agent({
      lookup: (_host, _options, done) => done(null, [{ address: '127.0.0.1', family: 4 }]),
    });
    const endpoint = `http://localhost:${server.port}`;
    const virtual = server.client({ endpoint, forcePathStyle: false, requestHandler: { httpAgent } });
    await virtual.send(new s3.PutObjectCommand({ Bucket, Key: 'in/a.csv', Body: 'abc' }));
    expect(await bodyOf('in/a.csv')).toBe('abc');
    expect((await virtual.send(new s3.ListObjectsV2Command({ Bucket }))).KeyCount).toBe(1);
  });
});

describe('what the simulator cannot do', () => {
  test('is refused by name', async () => {
    await expect(client.send(new s3.GetBucketVersioningCommand({ Bucket }))).rejects.toMatchObject({
      name: 'NotImplemented',
      message: 'The simulator does not implement GET of buckets with ?versioning.',
    });
    await expect(
      client.send(new s3.PutObjectCommand({ Bucket, Key: 'a', Body: 'x', Tagging: 'a=b' })),
    ).rejects.toMatchObject({
      name: 'NotImplemented',
      message: 'The simulator does not implement the header x-amz-tagging: a=b.',
    });
  });

  test('is a method that no resource has', async () => {
    const answer = await fetch(`http://127.0.0.1:${server.port}/`, { method: 'PATCH' });
    expect(answer.status).toBe(405);
    expect(await answer.text()).toContain('<Code>MethodNotAllowed</Code>');
  });
});

describe('an error', () => {
  test('has the shape of S3, with the request id in header and body', async () => {
    const answer = await fetch(`http://127.0.0.1:${server.port}/${Bucket}/none`);
    const requestId = answer.headers.get('x-amz-request-id');
    expect(answer.status).toBe(404);
    expect(answer.headers.get('content-type')).toBe('application/xml');
    expect(await answer.text()).toMatch(
      new RegExp(
        `^<\\?xml version="1.0" encoding="UTF-8"\\?>\n<Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message><Key>none</Key><RequestId>${requestId}</RequestId><HostId>.+</HostId></Error>$`,
      ),
    );
  });

  test('and the operation are told to the ledger', async () => {
    await expect(get('none')).rejects.toThrow();
    expect(server.handled.at(-1)).toEqual({ operation: 'GetObject', bucket: Bucket, key: 'none', error: 'NoSuchKey' });
  });
});

describe('a body', () => {
  const send = (headers: Record<string, string>, body: string) =>
    fetch(`http://127.0.0.1:${server.port}/${Bucket}/a`, { method: 'PUT', headers, body });

  test('in signed chunks is taken without their signatures', async () => {
    const signature = 'f'.repeat(64);
    const body = `5;chunk-signature=${signature}\r\nhello\r\n6;chunk-signature=${signature}\r\n world\r\n0;chunk-signature=${signature}\r\n\r\n`;
    const answer = await send(
      { 'x-amz-content-sha256': 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD', 'x-amz-decoded-content-length': '11' },
      body,
    );
    expect(answer.status).toBe(200);
    expect(await bodyOf('a')).toBe('hello world');
  });

  test('that is not as long, or not as chunked, as its headers say is refused', async () => {
    const chunked = { 'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER' };
    for (const [length, body, code] of [
      ['5', '3\r\nabc\r\n0\r\n\r\n', 'IncompleteBody'],
      ['3', '3\r\nab', 'IncompleteBody'],
      ['3', '2\r\nabc\r\n0\r\n\r\n', 'InvalidRequest'],
      ['3', 'abc', 'IncompleteBody'],
      ['3', 'abc\r\nxyz\r\n', 'IncompleteBody'],
      ['3', 'no size\r\n', 'InvalidRequest'],
    ] as const) {
      const answer = await send({ ...chunked, 'x-amz-decoded-content-length': length }, body);
      expect(await answer.text()).toContain(`<Code>${code}</Code>`);
    }
    await expect(get('a')).rejects.toMatchObject({ name: 'NoSuchKey' });
  });

  test('that is not the one that was signed is refused', async () => {
    const answer = await send({ 'x-amz-content-sha256': '0'.repeat(64) }, 'abc');
    expect(await answer.text()).toContain('<Code>XAmzContentSHA256Mismatch</Code>');
  });
});
