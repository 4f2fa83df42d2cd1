import { GetObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { REGION, signatureHeaders, startTestSimulator } from './test-simulator.ts';
import type { TestSimulator } from './test-simulator.ts';

let simulator: TestSimulator;
beforeAll(async () => {
  simulator = await startTestSimulator({ objects: { 'acme/in/file.txt': 'hello' } });
});
afterAll(() => simulator.close());

const GET_MODEL = 'AmazonML_20141212.GetMLModel';
const NOW = signatureHeaders('machinelearning');
const minutesAgo = (minutes: number): Date => new Date(Date.now() - minutes * 60_000);
const changed = (from: string | RegExp, to: string) => ({ Authorization: NOW.Authorization!.replace(from, to) });

describe('a call to a JSON service', () => {
  test.each([
    ['no signature', { Authorization: '' }, 403, 'MissingAuthenticationTokenException'],
    ['another algorithm', changed('AWS4-HMAC-SHA256', 'AWS3'), 400, 'IncompleteSignatureException'],
    ['a password', { Authorization: 'Basic QTpC' }, 400, 'IncompleteSignatureException'],
    ['no credential', changed(/Credential=[^,]+, /, ''), 400, 'IncompleteSignatureException'],
    ['a credential without a key', changed('AKIDEXAMPLE/', ''), 400, 'IncompleteSignatureException'],
    ['no signed host', changed('host;', ''), 400, 'IncompleteSignatureException'],
    ['a signed header that is not there', changed('host;', 'host;x-nothing;'), 400, 'IncompleteSignatureException'],
    ['a signature of another length', changed('0000', ''), 400, 'IncompleteSignatureException'],
    ['the name of another service', signatureHeaders('frauddetector'), 403, 'InvalidSignatureException'],
    ['no region', changed(REGION, 'nowhere'), 403, 'InvalidSignatureException'],
    ['another end of the scope', changed('aws4_request', 'aws5_request'), 403, 'InvalidSignatureException'],
    ['a date of long ago', signatureHeaders('machinelearning', minutesAgo(6)), 403, 'InvalidSignatureException'],
    ['a date to come', signatureHeaders('machinelearning', minutesAgo(-6)), 403, 'InvalidSignatureException'],
    ['a date that is none', { 'X-Amz-Date': 'today' }, 400, 'IncompleteSignatureException'],
    ['a date of another day', { 'X-Amz-Date': '20200101T000000Z' }, 403, 'InvalidSignatureException'],
  ])('with %s is refused', async (_name, headers, status, error) => {
    const answer = await simulator.call(GET_MODEL, { MLModelId: 'ml-churn' }, headers);
    expect(answer).toMatchObject({ status, json: { __type: error, message: expect.stringMatching(/\S/) } });
    expect(answer.text).not.toContain('AKIDEXAMPLE');
  });

  test('by a clock that is a little off is taken', async () => {
    const answer = await simulator.call(
      GET_MODEL,
      { MLModelId: 'ml-churn' },
      signatureHeaders('machinelearning', minutesAgo(4)),
    );
    expect(answer.status).toBe(200);
  });
});

describe('a request to S3', () => {
  const path = '/acme/in/file.txt';
  const get = (headers: Record<string, string>, query = '') =>
    fetch(`${simulator.endpoint}${path}${query}`, { headers });

  test.each([
    ['no signature', {}, 403, 'AccessDenied'],
    ['the name of another service', signatureHeaders('machinelearning'), 400, 'AuthorizationHeaderMalformed'],
    ['a date of long ago', signatureHeaders('s3', minutesAgo(16)), 403, 'RequestTimeTooSkewed'],
  ])('with %s is refused in the words of S3', async (_name, headers, status, code) => {
    const answer = await get(headers);
    expect(answer.status).toBe(status);
    expect(await answer.text()).toContain(`<Code>${code}</Code>`);
  });

  test('by the real client is taken, and by a pre-signed URL until that expires', async () => {
    const answer = await simulator.s3.send(new GetObjectCommand({ Bucket: 'acme', Key: 'in/file.txt' }));
    expect(await answer.Body?.transformToString()).toBe('hello');
    const presigned = (signedAt: Date, expires: number) => {
      const date = signatureHeaders('s3', signedAt)['X-Amz-Date']!;
      const query = new URLSearchParams({
        'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
        'X-Amz-Credential': `AKIDEXAMPLE/${date.slice(0, 8)}/${REGION}/s3/aws4_request`,
        'X-Amz-Date': date,
        'X-Amz-Expires': String(expires),
        'X-Amz-SignedHeaders': 'host',
        'X-Amz-Signature': 'a'.repeat(64),
      });
      return get({}, `?${query.toString()}`);
    };
    expect(await (await presigned(minutesAgo(50), 3600)).text()).toBe('hello');
    const expired = await presigned(minutesAgo(70), 3600);
    expect(expired.status).toBe(403);
    expect(await expired.text()).toContain('Request has expired');
  });
});
