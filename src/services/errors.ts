/**
 * What an error of an AWS call means for the caller. The table follows the services' documented and observed errors. That
 * any failed create may have taken effect is for `start-or-adopt.ts`.
 */
export type ErrorClass =
  /** Too many calls: slow down and call again. */
  | 'throttle'
  /** Too many jobs: wait for a place. */
  | 'quota'
  /** The service or the network failed for the moment. */
  | 'transient'
  /** Credentials or the clock are out of date: refresh and call again. */
  | 'auth-refresh'
  /** Not permitted. */
  | 'denied'
  /** The service refuses the request as it is. */
  | 'invalid'
  | 'not-found'
  /** The id is taken. */
  | 'duplicate'
  /** Something that the job needs is in use for the moment. */
  | 'busy'
  /** None of the above. */
  | 'unknown';

interface ErrorRule {
  class: ErrorClass;
  codes: readonly string[];
  /** The rule holds only for operations that match. */
  operation?: RegExp;
  /** The rule holds only for messages that match. */
  message?: RegExp;
}

/** Read from the top: the first rule that names the code, and whose message pattern matches, decides. */
const ERROR_RULES: readonly ErrorRule[] = [
  // Personalize uses one code for "too many jobs" and for "too many calls"; only the text tells them apart.
  { class: 'quota', codes: ['LimitExceededException'], message: /More than \d+/ },
  { class: 'throttle', codes: ['LimitExceededException'] },
  { class: 'quota', codes: ['ResourceLimitExceeded', 'ServiceQuotaExceededException'] },
  {
    class: 'throttle',
    codes: [
      'ThrottlingException',
      'Throttling',
      'ThrottledException',
      'TooManyRequestsException',
      'RequestLimitExceeded',
      'RequestThrottled',
      'RequestThrottledException',
      'SlowDown',
      'BandwidthLimitExceeded',
      'EC2ThrottledException',
      'PriorRequestNotComplete',
      'ProvisionedThroughputExceededException',
      'TransactionInProgressException',
    ],
  },
  {
    class: 'auth-refresh',
    codes: [
      'ExpiredToken',
      'ExpiredTokenException',
      'RequestExpired',
      'RequestTimeTooSkewed',
      'CredentialsProviderError',
      'TokenProviderError',
    ],
  },
  { class: 'auth-refresh', codes: ['InvalidSignatureException'], message: /expired/i },
  { class: 'denied', codes: ['ValidationException'], message: /not authorized to perform this action/i },
  {
    class: 'denied',
    codes: [
      'AccessDenied',
      'AccessDeniedException',
      'Forbidden',
      'NotAuthorized',
      'UnrecognizedClientException',
      'InvalidClientTokenId',
      'MissingAuthenticationToken',
      'MissingAuthenticationTokenException',
      'OptInRequired',
      'IncompleteSignature',
      'IncompleteSignatureException',
      'InvalidSignatureException',
    ],
  },
  {
    class: 'not-found',
    codes: ['ResourceNotFoundException', 'ResourceNotFound', 'NoSuchBucket', 'NoSuchKey', 'NotFound'],
  },
  { class: 'not-found', codes: ['ValidationException'], message: /could not find/i },
  // Fraud Detector declares no code of its own for a second job or a taken id; the texts are settings of the simulator.
  {
    class: 'quota',
    codes: ['ValidationException'],
    operation: /^CreateBatchPredictionJob$/,
    message:
      /only one|one .*at a time|(already|another .*) (running|in progress)|^(?!.*\b(size|file|bytes|records?)\b).*(maximum|limit|too many|concurrent)\b.*\bjobs?\b/i,
  },
  { class: 'duplicate', codes: ['ValidationException'], message: /already exists/i },
  {
    class: 'duplicate',
    codes: [
      'IdempotentParameterMismatchException',
      'ResourceAlreadyExistsException',
      'ResourceInUse',
      'ConflictException',
    ],
  },
  { class: 'busy', codes: ['ResourceInUseException', 'ResourceUnavailableException'] },
  {
    class: 'invalid',
    codes: [
      'InvalidInputException',
      'ValidationException',
      'ValidationError',
      'InvalidParameterException',
      'InvalidParameterValue',
      'MissingParameter',
      'MalformedQueryString',
      'TooManyTagsException',
      'InvalidTagException',
      'InvalidNextTokenException',
      'SerializationException',
      'UnknownOperationException',
      'InvalidAction',
      // A bucket of another region.
      'PermanentRedirect',
    ],
  },
  {
    class: 'transient',
    codes: [
      'InternalServerException',
      'InternalFailure',
      'InternalServerError',
      'InternalError',
      'ServiceUnavailable',
      'ServiceUnavailableException',
      'RequestTimeout',
      'RequestTimeoutException',
      'TimeoutError',
      'AbortError',
      'ECONNRESET',
      'ECONNREFUSED',
      'EPIPE',
      'ETIMEDOUT',
      'ENOTFOUND',
      'EAI_AGAIN',
      // The answer could not be parsed: the service may have acted, and may answer better the next time.
      'SyntaxError',
      'TypeError',
      'UnreadableAnswer',
    ],
  },
];

interface AwsErrorShape {
  __type?: unknown;
  name?: unknown;
  Code?: unknown;
  code?: unknown;
  message?: unknown;
  $metadata?: { httpStatusCode?: number; requestId?: string };
}

/**
 * The error's code as its service names it. `__type` comes first: an Amazon Machine Learning error carries a numeric
 * `code` that the SDK takes for the error's name.
 */
function errorCode(error: AwsErrorShape): string {
  // What Node says of a connection is in `code`; the names around it are Error, TimeoutError or AggregateError.
  if (typeof error.__type !== 'string' && typeof error.code === 'string' && /^E[A-Z_]+$/.test(error.code))
    return error.code;
  const candidates = [error.__type, error.name, error.Code, error.code];
  const specific = candidates.find((text) => typeof text === 'string' && text !== '' && text !== 'Error');
  const code = typeof specific === 'string' ? specific : 'UnknownError';
  // `com.amazonaws.frauddetector#ValidationException` and `InvalidInputException:http://…` name the same as the bare word.
  return code.replace(/^.*#/, '').replace(/:.*$/, '');
}

/** S3 answers a HEAD without a body, and so without a code: only the HTTP status tells. */
const WORDLESS_ANSWERS: ReadonlyMap<number | undefined, { class: ErrorClass; meaning: string }> = new Map([
  [301, { class: 'invalid', meaning: 'the bucket is in another region' }],
  [403, { class: 'denied', meaning: 'access denied' }],
  [404, { class: 'not-found', meaning: 'not found' }],
]);

/** What the SDK calls an error that has no code of its own. */
function isWordless(code: string): boolean {
  return code === 'Unknown' || code === 'UnknownError';
}

/** What an error says, for a person. */
function messageOf(operation: string, code: string, said: string, status: number | undefined): string {
  if (isWordless(code) && status !== undefined) {
    const meaning = WORDLESS_ANSWERS.get(status)?.meaning ?? 'failed';
    return `${operation}: ${meaning} (HTTP ${status}, without a reason)`;
  }
  return `${operation}: ${code}${said && said !== code && !isWordless(said) ? `: ${said}` : ''}`;
}

function classOf(operation: string, code: string, message: string, status: number | undefined): ErrorClass {
  const rule = ERROR_RULES.find(
    (row) =>
      row.codes.includes(code) && (row.operation?.test(operation) ?? true) && (row.message?.test(message) ?? true),
  );
  if (rule) return rule.class;
  if (status === 429) return 'throttle';
  if (status === 403) return 'denied';
  const wordless = isWordless(code) ? WORDLESS_ANSWERS.get(status) : undefined;
  if (wordless) return wordless.class;
  // Without a status there was no answer: a connection that failed in whatever way.
  return status === undefined || status >= 500 ? 'transient' : 'unknown';
}

/** A call to AWS that failed, with what the failure means. */
export class ServiceError extends Error {
  override readonly name = 'ServiceError';
  readonly class: ErrorClass;
  /** The service's own name for the error, for example `ThrottlingException`. */
  readonly code: string;
  /** For example `CreateBatchPrediction`. */
  readonly operation: string;
  readonly requestId: string | undefined;
  /** HTTP status of the answer, if there was one. */
  readonly status: number | undefined;
  /** Whether a create that may have taken effect went before, or was this very call; set by `start-or-adopt.ts`. */
  leavesDoubt = false;

  constructor(operation: string, cause: unknown) {
    const error: AwsErrorShape = cause instanceof Error ? cause : { message: String(cause) };
    const code = errorCode(error);
    const said = typeof error.message === 'string' ? error.message : '';
    const status = error.$metadata?.httpStatusCode;
    super(messageOf(operation, code, said, status));
    this.status = status;
    this.class = classOf(operation, code, said, status);
    this.code = code;
    this.operation = operation;
    this.requestId = error.$metadata?.requestId;
  }
}

/** The error of an answer that is well but does not tell of the job that was asked for. */
export function notFound(operation: string, message: string): ServiceError {
  return new ServiceError(operation, Object.assign(new Error(message), { name: 'ResourceNotFoundException' }));
}

/** The error of an answer that succeeded and yet does not say what it is there for: as good as none. */
export function unreadable(operation: string, message: string): ServiceError {
  return new ServiceError(operation, Object.assign(new Error(message), { name: 'UnreadableAnswer' }));
}

/** Makes one AWS call; what it throws is a {@link ServiceError} named after the operation. */
export async function callAws<Output>(operation: string, send: () => Promise<Output>): Promise<Output> {
  try {
    return await send();
  } catch (error) {
    throw error instanceof ServiceError ? error : new ServiceError(operation, error);
  }
}
