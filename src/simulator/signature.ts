import type { IncomingMessage } from 'node:http';
import { splitUrl } from './request-url.ts';

/** Why a request is not taken, apart from what it asks for. Each protocol has its own words for these. */
export type SignatureProblem = 'missing' | 'incomplete' | 'wrong-scope' | 'too-old' | 'expired' | 'unsupported';

export class SignatureError extends Error {
  override readonly name = 'SignatureError';
  readonly problem: SignatureProblem;

  constructor(problem: SignatureProblem, message: string) {
    super(message);
    this.problem = problem;
  }
}

export interface SignatureCheck {
  /** The name that the service signs by, for example `machinelearning`. */
  service: string;
  /** Milliseconds since 1970. */
  now: number;
  /** How far the client's clock may be off. */
  largestSkewSeconds: number;
  /** Whether the signature may stand in the query, as in a pre-signed URL. */
  queryAllowed: boolean;
}

const ALGORITHM = 'AWS4-HMAC-SHA256';
/** A week, the longest that S3 allows a pre-signed URL to live. */
const LONGEST_EXPIRY_SECONDS = 604_800;

interface Signature {
  credential: string;
  signedHeaders: string;
  signature: string;
  /** As in `20261120T021500Z`. */
  date: string;
  expiresSeconds?: number;
}

/**
 * Checks that a request is signed by Signature Version 4 for this service, now. The simulator knows no secret keys, so
 * that any well-formed signature passes; what clients get wrong in practice (none at all, the wrong service or region,
 * a clock that is off, an expired URL) does not.
 *
 * @returns the region that the request is for
 * @throws SignatureError; it never repeats credentials or signatures
 */
export function checkSignature(request: IncomingMessage, check: SignatureCheck): string {
  const signature = readSignature(request, check.queryAllowed);
  const [, day, region, service, terminator] = splitCredential(signature.credential);
  if (service !== check.service) {
    throw new SignatureError('wrong-scope', `Credential should be scoped to correct service: '${check.service}'.`);
  }
  if (terminator !== 'aws4_request') {
    throw new SignatureError('wrong-scope', "Credential should be scoped with a valid terminator: 'aws4_request'.");
  }
  if (!/^[a-z]{2}(-[a-z]+)+-\d+$/.test(region)) {
    throw new SignatureError('wrong-scope', 'Credential should be scoped to a valid Region.');
  }
  if (!/^[0-9a-f]{64}$/.test(signature.signature)) {
    throw new SignatureError('incomplete', 'The signature is not 64 hexadecimal digits.');
  }
  checkSignedHeaders(signature.signedHeaders, request);
  checkDate(signature, day, check);
  return region;
}

function readSignature(request: IncomingMessage, queryAllowed: boolean): Signature {
  const { authorization } = request.headers;
  if (authorization) return readHeader(authorization, request);
  const { query } = splitUrl(request);
  if (queryAllowed && query.has('X-Amz-Algorithm')) return readQuery(query);
  throw new SignatureError('missing', 'Missing Authentication Token');
}

function readHeader(authorization: string, { headers }: IncomingMessage): Signature {
  const [algorithm = '', ...rest] = authorization.split(' ');
  if (algorithm !== ALGORITHM) throw new SignatureError('unsupported', `Please use ${ALGORITHM}.`);
  const parts = new Map(
    rest
      .join(' ')
      .split(',')
      .map((part): [string, string] => {
        const [name = '', ...value] = part.trim().split('=');
        return [name, value.join('=')];
      }),
  );
  const date = headers['x-amz-date'] ?? isoBasic(headers.date);
  const fields = {
    Credential: parts.get('Credential'),
    SignedHeaders: parts.get('SignedHeaders'),
    Signature: parts.get('Signature'),
  };
  const { Credential: credential, SignedHeaders: signedHeaders, Signature: signature } = fields;
  if (!credential || !signedHeaders || !signature || typeof date !== 'string') {
    const missing = Object.entries(fields).flatMap(([name, value]) => (value ? [] : [`'${name}' parameter`]));
    if (typeof date !== 'string') missing.push("existence of either a 'X-Amz-Date' or a 'Date' header");
    throw new SignatureError('incomplete', missing.map((what) => `Authorization header requires ${what}.`).join(' '));
  }
  return { credential, signedHeaders, signature, date };
}

function readQuery(query: URLSearchParams): Signature {
  if (query.get('X-Amz-Algorithm') !== ALGORITHM) throw new SignatureError('unsupported', `Please use ${ALGORITHM}.`);
  const credential = query.get('X-Amz-Credential');
  const signedHeaders = query.get('X-Amz-SignedHeaders');
  const signature = query.get('X-Amz-Signature');
  const date = query.get('X-Amz-Date');
  const expiresSeconds = Number(query.get('X-Amz-Expires') ?? Number.NaN);
  if (!credential || !signedHeaders || !signature || !date || !Number.isInteger(expiresSeconds)) {
    throw new SignatureError(
      'incomplete',
      'Query-string authentication requires X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders and X-Amz-Expires.',
    );
  }
  if (expiresSeconds < 1 || expiresSeconds > LONGEST_EXPIRY_SECONDS) {
    throw new SignatureError('incomplete', `X-Amz-Expires must be between 1 and ${LONGEST_EXPIRY_SECONDS} seconds.`);
  }
  return { credential, signedHeaders, signature, date, expiresSeconds };
}

/** Access key, day, region, service, terminator. */
function splitCredential(credential: string): [string, string, string, string, string] {
  const parts = credential.split('/');
  // Access keys of other systems may hold slashes; the last four parts are the scope.
  const [day = '', region = '', service = '', terminator = ''] = parts.slice(-4);
  const accessKey = parts.slice(0, -4).join('/');
  if (accessKey === '') {
    throw new SignatureError(
      'incomplete',
      'Credential must have 5 parts: access key, date, region, service, aws4_request.',
    );
  }
  return [accessKey, day, region, service, terminator];
}

function checkSignedHeaders(signedHeaders: string, { headers }: IncomingMessage): void {
  const names = signedHeaders.split(';');
  if (!names.includes('host')) {
    throw new SignatureError('incomplete', "'Host' must be a 'SignedHeader' in the AWS Authorization.");
  }
  const absent = names.filter((name) => headers[name] === undefined);
  if (absent.length > 0) throw new SignatureError('incomplete', `Signed headers are missing: ${absent.join(', ')}.`);
}

function checkDate({ date, expiresSeconds }: Signature, day: string, check: SignatureCheck): void {
  const [, year, month, dayOfMonth, hour, minute, second] =
    /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z$/.exec(date) ?? [];
  const moment = Date.parse(`${year}-${month}-${dayOfMonth}T${hour}:${minute}:${second}Z`);
  if (Number.isNaN(moment)) {
    throw new SignatureError('incomplete', "Date must be in ISO-8601 'basic format', as in 20261120T021500Z.");
  }
  if (!date.startsWith(`${day}T`)) {
    throw new SignatureError('wrong-scope', `Date in Credential scope does not match the request's date ${date}.`);
  }
  const age = (check.now - moment) / 1000;
  if (expiresSeconds !== undefined && age > expiresSeconds) throw new SignatureError('expired', 'Request has expired');
  const oldest = expiresSeconds ?? check.largestSkewSeconds;
  if (age > oldest || age < -check.largestSkewSeconds) {
    throw new SignatureError(
      'too-old',
      `Signature expired: ${date} is more than ${oldest} seconds from the server's time.`,
    );
  }
}

/** An HTTP date in the form of X-Amz-Date. */
function isoBasic(date: string | undefined): string | undefined {
  const moment = Date.parse(date ?? '');
  if (Number.isNaN(moment)) return undefined;
  return new Date(moment).toISOString().replace(/[-:]|\.\d{3}/g, '');
}
