import { PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { CATALOG } from '../../src/services/catalog.ts';
import type { Finding } from '../../src/services/precondition.ts';
import { checkPreconditions } from '../../src/services/preflight.ts';
import { createS3Client } from '../../src/services/s3-client.ts';
import { EXAMPLE_REQUESTS } from '../support/example-jobs.ts';
import { REGION, simulateAws, type SimulatedAws } from '../support/simulated-aws.ts';

const AML = 'machine-learning/batch-prediction';
const AFD = 'fraud-detector/batch-prediction';
const PERSONALIZE = 'personalize/batch-inference';
const BUCKET = 'nightscore-examples';

let aws: SimulatedAws;

beforeAll(async () => {
  aws = await simulateAws();
});

beforeEach(() => aws.clearFaults());

afterAll(() => aws.close());

/** What a look before the example job of a service finds, with some members of its request changed. */
async function findings(name: string, changes: object = {}): Promise<Finding[]> {
  const service = CATALOG.get(name);
  if (!service) throw new Error(`There is no service ${name}`);
  const request = service.request.parse({ ...EXAMPLE_REQUESTS[name]?.('2026-11-20'), ...changes });
  return checkPreconditions(service.connect(REGION).preconditions(request));
}

test.each([...CATALOG.keys()])('nothing is wrong with the example job of %s', async (name) => {
  expect(await findings(name)).toEqual([]);
});

const jobInput = (path: string) => ({ jobInput: { s3DataSource: { path } } });
const jobOutput = (path: string) => ({ jobOutput: { s3DataDestination: { path } } });
const SOLUTION = 'arn:aws:personalize:eu-west-1:123456789012:solution';

describe('a job is not started', () => {
  test.each([
    ['whose model does not exist', AML, { MLModelId: 'ml-none' }, /no model ml-none in eu-west-1.*MLModelId/],
    ['whose data source does not exist', AML, { BatchPredictionDataSourceId: 'ds-none' }, /no data source ds-none/],
    ['whose bucket does not exist', AML, { OutputUri: 's3://no-such-bucket/x/' }, /no bucket no-such-bucket/],
    ['whose detector does not exist', AFD, { detectorName: 'none' }, /no version 1 of the detector none/],
    ['whose version does not exist', AFD, { detectorVersion: '77' }, /no version 77 of the detector/],
    ['whose event type does not exist', AFD, { eventTypeName: 'none' }, /no event type none/],
    ['whose input does not exist', AFD, { inputPath: `s3://${BUCKET}/none.csv` }, /no object s3:.*none\.csv/],
    ['whose bucket does not exist', AFD, { outputPath: 's3://no-such-bucket/x' }, /no bucket no-such-bucket/],
    ['whose version does not exist', PERSONALIZE, { solutionVersionArn: `${SOLUTION}/none/1` }, /solution\/none\/1/],
    ['whose input does not exist', PERSONALIZE, jobInput(`s3://${BUCKET}/none/`), /no object under s3:.*none\//],
    ['whose bucket does not exist', PERSONALIZE, jobOutput('s3://no-such-bucket/x/'), /no bucket no-such-bucket/],
  ])('%s (%s)', async (_what, name, changes, message) => {
    const found = await findings(name, changes);
    expect(found).toEqual([{ severity: 'error', message: expect.stringMatching(message) }]);
  });

  test('whose input is empty', async () => {
    const command = new PutObjectCommand({ Bucket: BUCKET, Key: 'empty.csv', Body: '' });
    await createS3Client(REGION).send(command);
    const found = await findings(AFD, { inputPath: `s3://${BUCKET}/empty.csv` });
    expect(found).toEqual([{ severity: 'error', message: expect.stringContaining('is empty') }]);
  });
});

describe('a warning is given', () => {
  test('of a prefix that matches more than the object of its name', async () => {
    const s3 = createS3Client(REGION);
    for (const Key of ['over/users.jsonl', 'over/users.jsonl.old'])
      await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body: '{"userId":"1"}\n' }));
    const found = await findings(PERSONALIZE, jobInput(`s3://${BUCKET}/over/users.jsonl`));
    expect(found).toEqual([{ severity: 'warning', message: expect.stringContaining('1 object besides') }]);
  });

  test.each(['access-denied', 'html-503', 'throttle'])(
    'of what cannot be told (%s): it is no verdict',
    async (fault) => {
      await aws.faults([{ service: 'machine-learning', operation: 'GetMLModel', fault }]);
      const found = await findings(AML);
      expect(found).toEqual([
        { severity: 'warning', message: expect.stringMatching(/^Could not check the model ml-tumor-screening/) },
      ]);
    },
  );

  test('of nothing that could be told at the second try', async () => {
    await aws.faults([{ service: 'machine-learning', operation: 'GetMLModel', fault: 'html-503', times: 1 }]);
    expect(await findings(AML)).toEqual([]);
  });
});
