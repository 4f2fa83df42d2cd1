import { describe, expect, test } from 'vitest';
import { callAws, ServiceError, type ErrorClass } from '../../src/services/errors.ts';

/** An error as an SDK throws it. */
function sdkError(members: { message?: string; [member: string]: unknown }): Error {
  return Object.assign(new Error(members.message), members);
}

/** An error as the SDK makes it of an answer without a body, which is what S3 answers a HEAD. */
function wordless(httpStatusCode: number) {
  return { name: 'Unknown', message: 'UnknownError', $metadata: { httpStatusCode } };
}

const cases: [what: string, error: { message?: string; [member: string]: unknown }, expected: ErrorClass][] = [
  ['a throttled call', { name: 'ThrottlingException', message: 'Rate exceeded' }, 'throttle'],
  [
    'a call answered 429 with a code that nobody knows',
    { name: 'Slow', $metadata: { httpStatusCode: 429 } },
    'throttle',
  ],
  [
    'too many jobs at Personalize',
    { name: 'LimitExceededException', message: 'More than 5 resources with PENDING or IN_PROGRESS status.' },
    'quota',
  ],
  ['too many calls at Personalize', { name: 'LimitExceededException', message: 'Rate exceeded' }, 'throttle'],
  [
    'an internal error answered 400',
    { name: 'InternalServerException', $metadata: { httpStatusCode: 400 } },
    'transient',
  ],
  ['a code that nobody knows, answered 503', { name: 'Odd', $metadata: { httpStatusCode: 503 } }, 'transient'],
  ['a reset connection', { code: 'ECONNRESET', message: 'read ECONNRESET' }, 'transient'],
  ['an answer that is no JSON', { name: 'SyntaxError', message: 'Unexpected token <' }, 'transient'],
  ['expired credentials', { name: 'ExpiredTokenException' }, 'auth-refresh'],
  [
    'a signature that is too old',
    { name: 'InvalidSignatureException', message: 'Signature expired: now' },
    'auth-refresh',
  ],
  ['a signature that is wrong', { name: 'InvalidSignatureException', message: 'does not match' }, 'denied'],
  ['a missing permission', { name: 'AccessDeniedException' }, 'denied'],
  [
    'an account that is blocked',
    { name: 'ValidationException', message: 'Your account is not authorized to perform this action.' },
    'denied',
  ],
  ['a bad request', { name: 'ValidationException', message: 'detectorName is bad' }, 'invalid'],
  ['a missing job', { name: 'ResourceNotFoundException' }, 'not-found'],
  ['an id that is taken', { name: 'ResourceAlreadyExistsException' }, 'duplicate'],
  ['an id of another job', { name: 'IdempotentParameterMismatchException' }, 'duplicate'],
  ['something in use', { name: 'ResourceInUseException' }, 'busy'],
  ['a HEAD that is denied', wordless(403), 'denied'],
  ['a HEAD of what is not there', wordless(404), 'not-found'],
  ['a HEAD in another region', wordless(301), 'invalid'],
  ['a HEAD that fails for the moment', wordless(503), 'transient'],
  ['a list in another region', { name: 'PermanentRedirect', $metadata: { httpStatusCode: 301 } }, 'invalid'],
  ['a code that nobody knows, answered 404', { name: 'Odd', $metadata: { httpStatusCode: 404 } }, 'unknown'],
  ['an error that nobody knows', { name: 'Whatever', $metadata: { httpStatusCode: 418 } }, 'unknown'],
];

const refusedByFraudDetector: [message: string, operation: string, expected: ErrorClass][] = [
  ['Another batch prediction job is in progress.', 'CreateBatchPredictionJob', 'quota'],
  ['You can run only one batch prediction job at a time.', 'CreateBatchPredictionJob', 'quota'],
  ['Input file exceeds the maximum size for batch prediction jobs.', 'CreateBatchPredictionJob', 'invalid'],
  ['Cancellation is already in progress.', 'CancelBatchPredictionJob', 'invalid'],
];

test.each(refusedByFraudDetector)('"%s" at %s is %s', (message, operation, expected) => {
  expect(new ServiceError(operation, sdkError({ name: 'ValidationException', message })).class).toBe(expected);
});

test('a connection that no address of a host accepts is transient', () => {
  const error = Object.assign(new AggregateError([new Error('one')]), { code: 'ECONNREFUSED' });
  expect(new ServiceError('Create', error)).toMatchObject({ class: 'transient', code: 'ECONNREFUSED' });
});

describe('an error of an AWS call is classified', () => {
  test.each(cases)('%s', (_what, error, expected) => {
    expect(new ServiceError('Describe', sdkError(error)).class).toBe(expected);
  });

  test('by its __type even when the SDK took a numeric code for its name', () => {
    const error = new ServiceError('GetBatchPrediction', sdkError({ __type: 'ThrottlingException', name: 7, code: 7 }));
    expect(error).toMatchObject({ class: 'throttle', code: 'ThrottlingException' });
  });

  test.each(['com.amazonaws.frauddetector#ValidationException', 'ValidationException:http://internal.example/'])(
    'by the bare word of %s',
    (__type) => expect(new ServiceError('Create', sdkError({ __type })).code).toBe('ValidationException'),
  );

  test('even when something was thrown that is no error', () => {
    expect(new ServiceError('Create', 'boom')).toMatchObject({ class: 'transient', operation: 'Create' });
  });
});

test('a failed call names its operation and keeps the service’s words', async () => {
  const call = callAws('DescribeJob', () =>
    Promise.reject(sdkError({ name: 'ThrottlingException', message: 'Rate exceeded' })),
  );
  await expect(call).rejects.toThrow('DescribeJob: ThrottlingException: Rate exceeded');
});

test.each([
  [301, 'HeadObject: the bucket is in another region (HTTP 301, without a reason)'],
  [403, 'HeadObject: access denied (HTTP 403, without a reason)'],
  [404, 'HeadObject: not found (HTTP 404, without a reason)'],
  [400, 'HeadObject: failed (HTTP 400, without a reason)'],
])('an answer %i without a body is told in words', (status, message) => {
  expect(new ServiceError('HeadObject', sdkError(wordless(status))).message).toBe(message);
});

test('a code is told without the SDK’s filler', () => {
  expect(new ServiceError('HeadObject', sdkError({ name: 'NotFound', message: 'UnknownError' })).message).toBe(
    'HeadObject: NotFound',
  );
});
