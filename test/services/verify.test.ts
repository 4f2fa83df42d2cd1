import { randomUUID } from 'node:crypto';
import { GetObjectCommand, PutObjectCommand, DeleteObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Verification } from '../../src/pipeline/verification.ts';
import { CATALOG } from '../../src/services/catalog.ts';
import { createS3Client } from '../../src/services/s3-client.ts';
import type { BatchService, ReadingOptions } from '../../src/services/service.ts';
import { startOrAdopt } from '../../src/services/start-or-adopt.ts';
import { EXAMPLE_REQUESTS } from '../support/example-jobs.ts';
import { endOf } from '../support/watched-job.ts';
import { REGION, simulateAws, type SimulatedAws } from '../support/simulated-aws.ts';

const Bucket = 'nightscore-examples';

let aws: SimulatedAws;

beforeAll(async () => {
  aws = await simulateAws();
});

afterAll(() => aws.close());

interface FinishedJob {
  verify(options?: Partial<ReadingOptions>): Promise<Verification>;
  /** Key of the job's only result file. */
  key: string;
}

async function finishedJob(name: string): Promise<FinishedJob> {
  const service = CATALOG.get(name) as BatchService;
  const request = service.request.parse(EXAMPLE_REQUESTS[name]?.(randomUUID()));
  const id = service.jobId({ namespace: 'test', runKey: `test/${randomUUID()}`, step: 'score', attempt: 1 });
  const client = service.connect(REGION);
  const { ref } = await startOrAdopt(service, client, service.locate(id, request, REGION), request);
  const { records, outputUri = '' } = await endOf(client, ref);
  const { signal } = new AbortController();
  const { prefix, pattern } = service.results({ id, outputUri });
  const start = prefix.replace(`s3://${Bucket}/`, '');
  const key = (await aws.objects(start)).find((candidate) => pattern.test(candidate.slice(start.length))) ?? '';
  return {
    key,
    verify: (options) =>
      client.verify({ ref, request, ...(records && { records }) }, { signal, onProgress: () => {}, ...options }),
  };
}

/** Rewrites the lines of a result file. */
async function rewrite(key: string, change: (lines: string[]) => string[]): Promise<void> {
  const s3 = createS3Client(REGION);
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: key }));
  const lines = ((await Body?.transformToString()) ?? '').trimEnd().split('\n');
  await s3.send(new PutObjectCommand({ Bucket, Key: key, Body: `${change(lines).join('\n')}\n` }));
}

describe.each(['personalize/batch-inference', 'personalize/batch-segment'])('%s', (name) => {
  test('the results of a fresh job are proven', async () => {
    const job = await finishedJob(name);
    const verification = await job.verify();
    expect(verification).toMatchObject({ files: 1, problems: [] });
    expect(verification.records.total).toBeGreaterThan(0);
  });

  test('a missing result file is a problem', async () => {
    const job = await finishedJob(name);
    await createS3Client(REGION).send(new DeleteObjectCommand({ Bucket, Key: job.key }));
    expect((await job.verify()).problems).toEqual([
      { file: `s3://${Bucket}/${job.key}`, what: 'the result file is missing' },
    ]);
  });

  test('a line that is missing is a problem', async () => {
    const job = await finishedJob(name);
    await rewrite(job.key, (lines) => lines.slice(0, -1));
    const { problems } = await job.verify();
    expect(problems).toHaveLength(1);
    expect(problems[0]?.what).toMatch(/^there are \d+ lines for \d+ input records$/);
  });

  test('a line that is no result is a problem of that line, which is not repeated', async () => {
    const job = await finishedJob(name);
    await rewrite(job.key, (lines) => lines.with(1, 'a secret row'));
    const { problems } = await job.verify();
    expect(problems).toMatchObject([{ what: 'the line is not a result in JSON', lines: [2], count: 1 }]);
    expect(JSON.stringify(problems)).not.toContain('secret');
  });
});

test('an item that is recommended twice is a problem of its line', async () => {
  const job = await finishedJob('personalize/batch-inference');
  await rewrite(job.key, (lines) =>
    lines.with(2, (lines[2] ?? '').replace(/"recommendedItems":\["([^"]+)","[^"]+"/, '"recommendedItems":["$1","$1"')),
  );
  expect((await job.verify()).problems).toMatchObject([{ what: 'a result is there twice', lines: [3], count: 1 }]);
});

test('an abort ends the reading', async () => {
  const job = await finishedJob('personalize/batch-inference');
  await expect(job.verify({ signal: AbortSignal.abort() })).rejects.toThrow('aborted');
});

describe('fraud-detector/batch-prediction', () => {
  test('the results of a fresh job are proven', async () => {
    const verification = await (await finishedJob('fraud-detector/batch-prediction')).verify();
    expect(verification).toMatchObject({ files: 1, problems: [] });
    expect(verification.records.total).toBeGreaterThan(0);
  });

  test('a changed input column is a problem of its line', async () => {
    const job = await finishedJob('fraud-detector/batch-prediction');
    await rewrite(job.key, (lines) => lines.with(3, `secret${lines[3] ?? ''}`));
    const { problems } = await job.verify();
    expect(problems).toMatchObject([{ what: 'the columns of the input are changed', lines: [4], count: 1 }]);
    expect(JSON.stringify(problems)).not.toContain('secret');
  });

  test('a missing record and a missing file are problems', async () => {
    const job = await finishedJob('fraud-detector/batch-prediction');
    await rewrite(job.key, (lines) => lines.slice(0, -1));
    expect((await job.verify()).problems[0]?.what).toMatch(/^there are \d+ records for \d+ of the input$/);
    await createS3Client(REGION).send(new DeleteObjectCommand({ Bucket, Key: job.key }));
    expect((await job.verify()).problems).toMatchObject([{ what: 'the result file is missing' }]);
  });
});

test('Amazon Machine Learning: fresh results are proven, and a broken gzip is a problem', async () => {
  const job = await finishedJob('machine-learning/batch-prediction');
  expect(await job.verify()).toMatchObject({ files: 1, problems: [] });
  await createS3Client(REGION).send(new PutObjectCommand({ Bucket, Key: job.key, Body: 'no gzip' }));
  expect((await job.verify()).problems[0]?.what).toBe('the file is not valid gzip, or is cut off');
});
