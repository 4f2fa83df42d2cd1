import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { withSettings } from './account-resources.ts';
import { startTestSimulator } from './test-simulator.ts';
import type { TestSimulator } from './test-simulator.ts';

// Every constraint of the service models is violated once by conformance/; here is how the refusals read.

let simulator: TestSimulator;
beforeAll(async () => {
  simulator = await startTestSimulator();
});
afterAll(() => simulator.close());

const MACHINE_LEARNING = 'AmazonML_20141212';
const FRAUD_DETECTOR = 'AWSHawksNestServiceFacade';
const PERSONALIZE = 'AmazonPersonalize';

describe('a request that violates a constraint', () => {
  test.each([
    [
      `${MACHINE_LEARNING}.GetMLModel`,
      {},
      'InvalidInputException',
      "1 validation error detected: Value null at 'mLModelId' failed to satisfy constraint: Member must not be null",
    ],
    [
      `${MACHINE_LEARNING}.GetMLModel`,
      { MLModelId: '' },
      'InvalidInputException',
      "1 validation error detected: Value '' at 'mLModelId' failed to satisfy constraint: " +
        'Member must have length greater than or equal to 1',
    ],
    [
      `${MACHINE_LEARNING}.DescribeBatchPredictions`,
      { Limit: 101, FilterVariable: 'Id' },
      'InvalidInputException',
      "2 validation errors detected: Value 'Id' at 'filterVariable' failed to satisfy constraint: " +
        'Member must satisfy enum value set: [CreatedAt, LastUpdatedAt, Status, Name, IAMUser, MLModelId, DataSourceId, DataURI]; ' +
        "Value '101' at 'limit' failed to satisfy constraint: Member must have value less than or equal to 100",
    ],
    [
      `${FRAUD_DETECTOR}.CancelBatchPredictionJob`,
      { jobId: 'Upper' },
      'ValidationException',
      "1 validation error detected: Value 'Upper' at 'jobId' failed to satisfy constraint: " +
        'Member must satisfy regular expression pattern: ^[0-9a-z_-]+$',
    ],
    [
      `${FRAUD_DETECTOR}.GetDetectors`,
      { maxResults: 4 },
      'ValidationException',
      "1 validation error detected: Value '4' at 'maxResults' failed to satisfy constraint: " +
        'Member must have value greater than or equal to 5',
    ],
    [
      `${FRAUD_DETECTOR}.DescribeDetector`,
      { detectorId: 'payments', maxResults: 999 },
      'ValidationException',
      "1 validation error detected: Value '999' at 'maxResults' failed to satisfy constraint: " +
        'Member must have value greater than or equal to 1000',
    ],
    [
      `${PERSONALIZE}.DescribeSolutionVersion`,
      { solutionVersionArn: 'arn' },
      'InvalidInputException',
      "1 validation error detected: Value 'arn' at 'solutionVersionArn' failed to satisfy constraint: " +
        'Member must satisfy regular expression pattern: arn:([a-z\\d-]+):personalize:.*:.*:.+',
    ],
  ])('of %s: %j', async (target, body, error, message) => {
    expect(await simulator.call(target, body)).toMatchObject({ status: 400, json: { __type: error, message } });
  });

  test('in a list or a structure is told by its path', async () => {
    const body = {
      jobName: 'job',
      solutionVersionArn: 'arn:aws:personalize:eu-west-1:123456789012:solution/for-you/v1',
      jobInput: { s3DataSource: { path: 'ftp://acme' } },
      jobOutput: { s3DataDestination: {} },
      roleArn: 'arn:aws:iam::123456789012:role/personalize',
      tags: [{ tagKey: 'ok', tagValue: '' }, { tagKey: 'bad!' }],
    };
    const { json } = await simulator.call(`${PERSONALIZE}.CreateBatchSegmentJob`, body);
    expect(json.message).toContain('4 validation errors detected');
    for (const path of [
      'jobInput.s3DataSource.path',
      'jobOutput.s3DataDestination.path',
      'tags.2.member.tagKey',
      'tags.2.member.tagValue',
    ]) {
      expect(json.message).toContain(`at '${path}'`);
    }
  });

  test.each([
    [`${MACHINE_LEARNING}.GetMLModel`, { MLModelId: 5 }, 'NUMBER_VALUE cannot be converted to String'],
    [`${MACHINE_LEARNING}.GetMLModel`, { MLModelId: [] }, 'Start of list found where not expected'],
    [`${MACHINE_LEARNING}.GetMLModel`, { MLModelId: {} }, 'Start of structure or map found where not expected'],
    [`${MACHINE_LEARNING}.DescribeMLModels`, { Limit: 2.5 }, 'NUMBER_VALUE cannot be converted to Integer'],
    [
      `${MACHINE_LEARNING}.GetMLModel`,
      { MLModelId: 'x', Verbose: 'yes' },
      'STRING_VALUE cannot be converted to Boolean',
    ],
  ])('by a value of another type is a serialization error: %s %j', async (target, body, message) => {
    expect((await simulator.call(target, body)).json).toMatchObject({ __type: 'SerializationException', message });
  });
});

test('refusals have the HTTP statuses of the service models when the settings say so', async () => {
  const strict = await startTestSimulator({ resources: withSettings({ httpStatus: 'trait' }) });
  const missing = { jobId: 'nothing' };
  const target = `${FRAUD_DETECTOR}.GetBatchPredictionJobs`;
  try {
    expect((await strict.call(target, missing)).status).toBe(404);
    expect((await simulator.call(target, missing)).status).toBe(400);
  } finally {
    await strict.close();
  }
});
