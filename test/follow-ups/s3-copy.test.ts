import { GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { s3Copy } from '../../src/follow-ups/s3-copy.ts';
import { createS3Client } from '../../src/services/s3-client.ts';
import { REGION, simulateAws, type SimulatedAws } from '../support/simulated-aws.ts';

const BUCKET = 'nightscore-examples';

let aws: SimulatedAws;
let s3: S3Client;

beforeAll(async () => {
  aws = await simulateAws();
  s3 = createS3Client(REGION);
});

afterAll(() => aws.close());

function put(key: string, body: string) {
  return s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: key, Body: body }));
}

async function read(key: string): Promise<string | undefined> {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: BUCKET, Key: key }));
  return Body?.transformToString();
}

function copy(from: string, to: string, signal = new AbortController().signal) {
  const input = s3Copy.with.parse({ from: `s3://${BUCKET}/${from}`, to: `s3://${BUCKET}/${to}` });
  return s3Copy.run(input, { region: REGION, signal, onProgress: () => {} });
}

test('a folder is copied with everything under it, whatever its keys are made of', async () => {
  const keys = ['plain.csv', 'deeper/file.csv', 'with space & ümlaut+%2F.csv', "quote'(1).csv"];
  for (const key of keys) await put(`folder/${key}`, `content of ${key}`);
  const done = await copy('folder/', 'copied/');
  expect(done).toEqual({ to: `s3://${BUCKET}/copied/`, copied: 4, bytes: expect.any(Number) });
  for (const key of keys) expect(await read(`copied/${key}`)).toBe(`content of ${key}`);
});

test('more objects than one listing holds are all copied', async () => {
  const keys = Array.from({ length: 1_050 }, (_, index) => `many/${index}.csv`);
  for (let start = 0; start < keys.length; start += 50) {
    await Promise.all(keys.slice(start, start + 50).map((key) => put(key, 'x')));
  }
  expect(await copy('many/', 'many-copied/')).toMatchObject({ copied: 1_050, bytes: 1_050 });
});

test('one object is copied to the key that is named', async () => {
  await put('one/result.csv', 'a,b');
  expect(await copy('one/result.csv', 'one/latest.csv')).toMatchObject({ copied: 1, bytes: 3 });
  expect(await read('one/latest.csv')).toBe('a,b');
});

test.each([
  ['https://bucket/a/', 'must be an S3 URI such as s3://bucket/folder/'],
  ['s3://no,bucket/a/', 'names a bucket that S3 does not allow'],
])('%s is refused as it is wrong: it %s', (from, message) => {
  const { error } = s3Copy.with.safeParse({ from, to: 's3://bucket/b/' });
  expect(error?.issues).toMatchObject([{ path: ['from'], message }]);
});

test('a copy that is done again gives the same', async () => {
  await put('again/result.csv', 'a');
  const first = await copy('again/', 'again-copied/');
  expect(await copy('again/', 'again-copied/')).toEqual(first);
});

test('an empty folder is an error that names it', async () => {
  await expect(copy('nothing/here/', 'copied/')).rejects.toThrow(`s3://${BUCKET}/nothing/here/ holds no objects`);
});

test('a copy that is cancelled ends', async () => {
  await put('cancelled/result.csv', 'a');
  const copying = copy('cancelled/', 'cancelled-copied/', AbortSignal.abort(new Error('cancelled')));
  await expect(copying).rejects.toThrow('cancelled');
});

describe('what cannot be copied is refused before anything is done:', () => {
  test.each([
    ['a folder to an object', 's3://bucket/from/', 's3://bucket/to'],
    ['an object to a folder', 's3://bucket/from', 's3://bucket/to/'],
    ['a folder into itself', 's3://bucket/from/', 's3://bucket/from/deeper/'],
    ['from somewhere that is not S3', '/tmp/from/', 's3://bucket/to/'],
  ])('%s', (_what, from, to) => {
    expect(s3Copy.with.safeParse({ from, to }).success).toBe(false);
  });
});
