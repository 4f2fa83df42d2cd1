/** A refusal in a service's own words, as its clients see it. */
export class AwsError extends Error {
  override readonly name = 'AwsError';
  /** The error's name on the wire, for example `ResourceNotFoundException`. */
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** HTTP statuses of one error. The two sources disagree: the API reference, and the Smithy model's `httpError` trait. */
export interface ErrorStatus {
  documented: number;
  trait: number;
}

/** HTTP statuses by error code. */
export type ErrorStatuses = Readonly<Record<string, ErrorStatus>>;

const same = (status: number): ErrorStatus => ({ documented: status, trait: status });

/** Errors that every service answers with, declared in its model or not ("Common Errors" of the API references). */
const COMMON_STATUSES: ErrorStatuses = {
  AccessDeniedException: { documented: 400, trait: 403 },
  ExpiredTokenException: same(400),
  IncompleteSignatureException: same(400),
  InternalFailure: same(500),
  InternalServerException: same(500),
  InvalidSignatureException: same(403),
  MissingAuthenticationTokenException: same(403),
  RequestEntityTooLargeException: same(413),
  SerializationException: same(400),
  ServiceUnavailable: same(503),
  ThrottlingException: { documented: 400, trait: 429 },
  UnknownOperationException: same(400),
};

const ORDINARY_REFUSAL = same(400);

/** The HTTP status of an error, by the source that the setting `httpStatus` names. */
export function httpStatusOf(code: string, statuses: ErrorStatuses, source: keyof ErrorStatus): number {
  return (statuses[code] ?? COMMON_STATUSES[code] ?? ORDINARY_REFUSAL)[source];
}
