import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { signatureHeaders, startTestSimulator } from './test-simulator.ts';
import type { TestSimulator } from './test-simulator.ts';

let simulator: TestSimulator;
beforeAll(async () => {
  simulator = await startTestSimulator();
});
afterAll(() => simulator.close());

const GET_MODEL = 'AmazonML_20141212.GetMLModel';

describe('the JSON 1.1 protocol', () => {
  test('answers with the content type and a request id of its own for each call', async () => {
    const answers = await Promise.all([1, 2].map(() => simulator.call(GET_MODEL, { MLModelId: 'ml-churn' })));
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(answers[0]?.headers.get('content-type')).toBe('application/x-amz-json-1.1');
    const ids = answers.map(({ headers }) => headers.get('x-amzn-requestid'));
    expect(ids[0]).toMatch(/^[0-9a-f-]{36}$/);
    expect(new Set(ids).size).toBe(2);
  });

  test.each([
    'AmazonML_20141212.Predict',
    'AmazonML_20141212.constructor',
    'AmazonML_20141212.__proto__',
    'AmazonML_20141212.',
    'AmazonML_20141212',
    'AmazonML_20990101.GetMLModel',
    'GetMLModel',
    '.',
    '',
  ])('refuses the target %j as an unknown operation', async (target) => {
    expect(await simulator.call(target, {})).toMatchObject({
      status: 400,
      json: { __type: 'UnknownOperationException' },
    });
  });

  test('refuses another content type and another method as an unknown operation', async () => {
    const wrongType = await simulator.call(GET_MODEL, {}, { 'Content-Type': 'application/json' });
    expect(wrongType.json.__type).toBe('UnknownOperationException');
    const get = await fetch(simulator.endpoint, { headers: { 'X-Amz-Target': GET_MODEL } });
    expect(await get.json()).toMatchObject({ __type: 'UnknownOperationException' });
  });

  test.each([
    ['nothing', ''],
    ['text', 'MLModelId=1'],
    ['cut JSON', '{"MLModelId":'],
    ['JSON that is no object', '[]'],
    ['null', 'null'],
    ['bytes that are not UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])],
    ['a very deep list', '['.repeat(400_000)],
    ['a value of another type', '{"MLModelId":7}'],
  ])('refuses a body of %s as a serialization error', async (_name, body) => {
    expect(await simulator.call(GET_MODEL, body)).toMatchObject({
      status: 400,
      json: { __type: 'SerializationException', message: expect.stringMatching(/\S/) },
    });
  });

  test('refuses a body that is larger than a megabyte, and is still there afterwards', async () => {
    const answer = await simulator.call(GET_MODEL, { MLModelId: 'x'.repeat(3_000_000) });
    expect(answer).toMatchObject({ status: 413, json: { __type: 'RequestEntityTooLargeException' } });
    expect((await simulator.call(GET_MODEL, { MLModelId: 'ml-churn' })).status).toBe(200);
  });

  test('ignores members that an operation does not know, and takes null for left out', async () => {
    const body = { MLModelId: 'ml-churn', Verbose: null, Unknown: { anything: [1] } };
    expect((await simulator.call(GET_MODEL, body)).status).toBe(200);
  });

  test('answers no body of a request with anything but success or a refusal', async () => {
    const targets = [
      GET_MODEL,
      'AmazonML_20141212.CreateBatchPrediction',
      'AmazonML_20141212.DescribeBatchPredictions',
      'AWSHawksNestServiceFacade.CreateBatchPredictionJob',
      'AWSHawksNestServiceFacade.GetBatchPredictionJobs',
      'AmazonPersonalize.CreateBatchInferenceJob',
      'AmazonPersonalize.ListSolutionVersions',
    ];
    const members = [
      'MLModelId',
      'FilterVariable',
      'EQ',
      'NextToken',
      'Limit',
      'jobId',
      'nextToken',
      'tags',
      'jobName',
    ];
    const body = fc.oneof(fc.jsonValue(), fc.dictionary(fc.constantFrom(...members), fc.jsonValue()));
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...targets), body, async (target, value) => {
        const { status, json } = await simulator.call(target, value);
        expect(status === 200 ? 'success' : json.__type).toMatch(/success|Exception$/);
        expect(status).toBeLessThan(500);
      }),
      { numRuns: 300 },
    );
  });
});

describe('everything else', () => {
  test('on the port is S3, which asks for a signature in its own words', async () => {
    const answer = await fetch(`${simulator.endpoint}/bucket/key`);
    expect(answer.status).toBe(403);
    expect(await answer.text()).toContain('<Code>AccessDenied</Code>');
  });

  test('below /_simulator/ names what there is', async () => {
    const answer = await fetch(`${simulator.endpoint}/_simulator/nothing`);
    expect(answer.status).toBe(404);
    expect(await answer.json()).toMatchObject({ known: expect.arrayContaining(['GET /_simulator/ledger']) });
  });

  test('that is signed for S3 is S3, also below /_simulator/', async () => {
    const headers = { ...signatureHeaders('s3'), 'X-Amz-Content-Sha256': 'UNSIGNED-PAYLOAD' };
    const answer = await fetch(`${simulator.endpoint}/_simulator/ledger`, { headers });
    expect(await answer.text()).toContain('<Error>');
  });
});
