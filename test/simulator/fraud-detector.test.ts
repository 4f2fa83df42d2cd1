import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import * as fd from '@aws-sdk/client-frauddetector';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { withSettings } from './account-resources.ts';
import { startTestSimulator } from './test-simulator.ts';
import type { TestSimulator } from './test-simulator.ts';

const HEADER = 'ENTITY_ID,ENTITY_TYPE,EVENT_ID,EVENT_TIMESTAMP,amount,note';
const PAYMENTS = [
  HEADER,
  'e1,customer,1,2026-11-20T10:00:00Z,0,plain',
  'e2,customer,2,2026-11-20T10:00:00Z,9,"with, comma"',
  'e3,customer,3,2026-11-20T10:00:00Z,much,',
  'e4,customer,4,2026-11-20T10:00:00Z,1',
  'e5,robot,5,2026-11-20T10:00:00Z,1,',
  'e6,customer,6,yesterday,1,',
  ',customer,7,2026-11-20T10:00:00Z,1,',
  'e8,customer,8,2026-11-20T10:00:00.5+01:00,,',
  '',
].join('\n');
const OBJECTS = {
  'acme/in/payments.csv': PAYMENTS,
  'acme/in/no-amount.csv': 'ENTITY_ID,ENTITY_TYPE,EVENT_ID\ne1,customer,1\n',
  'acme/in/empty.csv': `${HEADER}\n`,
};

let simulator: TestSimulator;
beforeAll(async () => {
  simulator = await startTestSimulator({ objects: OBJECTS });
});
afterAll(() => simulator.close());

type Create = fd.CreateBatchPredictionJobCommandInput;

const request = (more: Partial<Create> & { jobId: string }): Create => ({
  inputPath: 's3://acme/in/payments.csv',
  outputPath: 's3://acme/out',
  eventTypeName: 'payment',
  detectorName: 'payments',
  iamRoleArn: 'arn:aws:iam::123456789012:role/fraud',
  ...more,
});
const createAt = (account: TestSimulator, more: Partial<Create> & { jobId: string }) =>
  account.fraudDetector.send(new fd.CreateBatchPredictionJobCommand(request(more)));
const create = (more: Partial<Create> & { jobId: string }) => createAt(simulator, more);
const getAt = async (account: TestSimulator, jobId: string) => {
  const answer = await account.fraudDetector.send(new fd.GetBatchPredictionJobsCommand({ jobId }));
  return answer.batchPredictions?.[0];
};
const cancel = (account: TestSimulator, jobId: string) =>
  account.fraudDetector.send(new fd.CancelBatchPredictionJobCommand({ jobId }));
const remove = (account: TestSimulator, jobId: string) =>
  account.fraudDetector.send(new fd.DeleteBatchPredictionJobCommand({ jobId }));

/** A simulator whose jobs run as long as a test wants. */
async function withSlowJobs(settings: object, use: (slow: TestSimulator) => Promise<void>): Promise<void> {
  const resources = withSettings({
    fraudDetector: {
      timing: { queuedSeconds: 0, fixedSeconds: 100_000, recordsPerSecond: 1, stoppingSeconds: 1 },
      ...settings,
    },
  });
  const slow = await startTestSimulator({ objects: OBJECTS, resources, speed: 1 });
  try {
    await use(slow);
  } finally {
    await slow.close();
  }
}

describe('a batch prediction job', () => {
  test('ends COMPLETE with its counts, its times as text and the version that it used', async () => {
    await create({ jobId: 'complete' });
    await simulator.ended('complete');
    const time = expect.stringMatching(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/);
    expect(await getAt(simulator, 'complete')).toMatchObject({
      status: 'COMPLETE',
      startTime: time,
      completionTime: time,
      lastHeartbeatTime: time,
      outputPath: 's3://acme/out',
      detectorVersion: '1',
      arn: 'arn:aws:frauddetector:eu-west-1:123456789012:batch-prediction/complete',
      processedRecordsCount: 8,
      totalRecordsCount: 8,
    });
  });

  test('writes all columns of the input and its own, with a reason for each record that failed', async () => {
    await create({ jobId: 'result' });
    const { output, records } = await simulator.ended('result');
    expect(output).toEqual([expect.stringMatching(/^s3:\/\/acme\/out\/result_\d{10}_output\.csv$/)]);
    expect(records).toEqual({ total: 8, invalid: 5 });
    const rows: Record<string, string>[] = parse(await simulator.read(output[0] ?? ''), { columns: true });
    const [headerLine] = (await simulator.read(output[0] ?? '')).toString().split('\n');
    expect(headerLine).toBe(`${HEADER},MODEL_SCORES,OUTCOMES,STATUS,RULE_RESULTS`);
    expect(rows.map(({ STATUS }) => STATUS)).toEqual([
      'Success',
      'Success',
      'INVALID_VARIABLE_VALUE amount',
      'WRONG_NUMBER_OF_COLUMNS',
      'INVALID_ENTITY_TYPE',
      'INVALID_EVENT_TIMESTAMP',
      'MISSING_ENTITY_ID',
      'Success',
    ]);
    expect(rows[0]).toMatchObject({ MODEL_SCORES: "{'payment_model': 500.0}", OUTCOMES: 'approve' });
    expect(rows[1]).toMatchObject({
      note: 'with, comma',
      MODEL_SCORES: "{'payment_model': 1000.0}",
      OUTCOMES: 'block',
      RULE_RESULTS: "{'high': ['block']}",
    });
    expect(rows[2]).toMatchObject({ MODEL_SCORES: '', OUTCOMES: '', amount: 'much' });
  });

  test.each([
    ['no input', { inputPath: 's3://acme/in/nothing.csv' }, 'Unable to read the input file'],
    ['no columns', { inputPath: 's3://acme/in/no-amount.csv' }, 'lacks the columns EVENT_TIMESTAMP, amount'],
    ['no events', { inputPath: 's3://acme/in/empty.csv' }, 'has no events'],
    ['no bucket', { outputPath: 's3://elsewhere/out' }, 'Unable to write to the output location'],
  ])('fails for %s and says why', async (name, more, reason) => {
    const jobId = name.replace(' ', '-');
    await create({ jobId, ...more });
    await simulator.ended(jobId);
    expect(await getAt(simulator, jobId)).toMatchObject({
      status: 'FAILED',
      failureReason: expect.stringContaining(reason),
    });
  });

  test.each([
    ['an event type', { eventTypeName: 'nothing' }, 'ResourceNotFoundException'],
    ['a detector', { detectorName: 'constructor' }, 'ResourceNotFoundException'],
    ['a detector version', { detectorVersion: '9' }, 'ResourceNotFoundException'],
    ['a version that is not active', { detectorVersion: '2' }, 'ValidationException'],
    ['a detector without an active version', { detectorName: 'unfinished' }, 'ValidationException'],
    ['a detector for other events', { eventTypeName: 'login' }, 'ValidationException'],
  ])('is refused for %s that cannot be used', async (_name, more, error) => {
    await expect(create({ jobId: 'refused', ...more })).rejects.toMatchObject({ name: error });
    await expect(getAt(simulator, 'refused')).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  test('is refused under an id that is in use, with the error of any bad request', async () => {
    await create({ jobId: 'twice' });
    await expect(create({ jobId: 'twice' })).rejects.toMatchObject({ name: 'ValidationException' });
    await simulator.ended('twice');
    await expect(create({ jobId: 'twice' })).rejects.toThrow('already exists');
  });

  test('is gone once it is deleted, and its id is free again', async () => {
    await create({ jobId: 'deleted' });
    await simulator.ended('deleted');
    await remove(simulator, 'deleted');
    await expect(getAt(simulator, 'deleted')).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    await expect(remove(simulator, 'deleted')).resolves.toBeDefined();
    await create({ jobId: 'deleted' });
    await expect(simulator.ended('deleted')).resolves.toMatchObject({ state: 'succeeded' });
  });
});

describe('a running batch prediction job', () => {
  test('keeps further jobs out, with the error that the settings name', async () => {
    await withSlowJobs({ busy: { error: 'ThrottlingException' } }, async (slow) => {
      await createAt(slow, { jobId: 'first' });
      await expect(createAt(slow, { jobId: 'second' })).rejects.toMatchObject({ name: 'ThrottlingException' });
      expect(await slow.jobs()).toHaveLength(1);
    });
  });

  test('is CANCELED without any result when it is stopped, and then no longer keeps others out', async () => {
    await withSlowJobs({}, async (slow) => {
      await createAt(slow, { jobId: 'stopped' });
      await expect.poll(async () => (await getAt(slow, 'stopped'))?.status).toBe('IN_PROGRESS');
      await cancel(slow, 'stopped');
      expect(await getAt(slow, 'stopped')).toMatchObject({ status: 'CANCEL_IN_PROGRESS' });
      await cancel(slow, 'stopped');
      await slow.ended('stopped');
      expect(await getAt(slow, 'stopped')).toMatchObject({
        status: 'CANCELED',
        completionTime: expect.any(String),
      });
      const listing = await slow.s3.send(new ListObjectsV2Command({ Bucket: 'acme', Prefix: 'out' }));
      expect(listing.KeyCount).toBe(0);
      await createAt(slow, { jobId: 'next' });
    });
  });

  test('cannot be deleted, and one that has ended cannot be stopped', async () => {
    await withSlowJobs({}, async (slow) => {
      await createAt(slow, { jobId: 'job' });
      await expect(remove(slow, 'job')).rejects.toMatchObject({ name: 'ValidationException' });
      await cancel(slow, 'job');
      await slow.ended('job');
      await expect(cancel(slow, 'job')).rejects.toMatchObject({ name: 'ValidationException' });
      await expect(cancel(slow, 'nothing')).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    });
  });
});

describe('GetBatchPredictionJobs', () => {
  test('lists every job once, page by page, and each region has its own', async () => {
    const account = await startTestSimulator({ objects: OBJECTS });
    try {
      for (const jobId of ['a', 'b', 'c', 'd', 'e']) {
        await createAt(account, { jobId });
        await account.ended(jobId);
      }
      const seen: (string | undefined)[] = [];
      const pages = fd.paginateGetBatchPredictionJobs({ client: account.fraudDetector, pageSize: 2 }, {});
      for await (const { batchPredictions = [] } of pages) seen.push(...batchPredictions.map(({ jobId }) => jobId));
      expect(seen).toEqual(['a', 'b', 'c', 'd', 'e']);
      await expect(
        account.fraudDetector.send(new fd.GetBatchPredictionJobsCommand({ nextToken: 'bm8=' })),
      ).rejects.toMatchObject({ name: 'ValidationException' });
      const elsewhere = new fd.FraudDetectorClient({
        endpoint: account.endpoint,
        region: 'us-east-1',
        credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'not-a-secret' },
      });
      const there = await elsewhere.send(new fd.GetBatchPredictionJobsCommand({}));
      elsewhere.destroy();
      expect(there.batchPredictions).toEqual([]);
    } finally {
      await account.close();
    }
  });
});

test('detectors, versions and event types are described as resources.yaml has them', async () => {
  const client = simulator.fraudDetector;
  const { detectors } = await client.send(new fd.GetDetectorsCommand({}));
  expect(detectors?.map(({ detectorId }) => detectorId)).toEqual(['payments', 'unfinished']);
  expect(
    await client.send(new fd.GetDetectorVersionCommand({ detectorId: 'payments', detectorVersionId: '2' })),
  ).toMatchObject({ status: 'DRAFT', ruleExecutionMode: 'FIRST_MATCHED', rules: [{ ruleId: 'rest' }] });
  expect(await client.send(new fd.DescribeDetectorCommand({ detectorId: 'payments' }))).toMatchObject({
    detectorId: 'payments',
    arn: 'arn:aws:frauddetector:eu-west-1:123456789012:detector/payments',
    detectorVersionSummaries: [
      { detectorVersionId: '1', status: 'ACTIVE', lastUpdatedTime: '2020-01-01T00:00:00Z' },
      { detectorVersionId: '2', status: 'DRAFT' },
    ],
  });
  const { eventTypes } = await client.send(new fd.GetEventTypesCommand({ name: 'payment' }));
  expect(eventTypes).toMatchObject([{ name: 'payment', eventVariables: ['amount'], entityTypes: ['customer'] }]);
  await expect(client.send(new fd.DescribeDetectorCommand({ detectorId: 'nothing' }))).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
  });
  await expect(client.send(new fd.GetDetectorsCommand({ detectorId: 'nothing' }))).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
  });
});
