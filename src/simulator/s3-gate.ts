import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import { faultOf } from './faults.ts';
import type { FaultSwitch, FaultSwitches } from './faults.ts';
import { RESET, send, wait } from './http-answer.ts';
import type { Answer } from './http-answer.ts';
import type { Ledger } from './ledger.ts';
import type { createS3Handler } from './s3/s3-handler.ts';
import { checkSignature, SignatureError } from './signature.ts';
import type { SignatureProblem } from './signature.ts';
import type { Clock } from './clock.ts';
import type { Effect } from './service.ts';

/** S3 bears with clocks that are a quarter of an hour off. */
const LARGEST_SKEW_SECONDS = 900;

const REFUSALS: Record<SignatureProblem, [status: number, code: string]> = {
  missing: [403, 'AccessDenied'],
  incomplete: [400, 'AuthorizationHeaderMalformed'],
  unsupported: [400, 'InvalidRequest'],
  'wrong-scope': [400, 'AuthorizationHeaderMalformed'],
  'too-old': [403, 'RequestTimeTooSkewed'],
  expired: [403, 'AccessDenied'],
};

/** S3's names for what the faults call by the names of the JSON services. */
const FAULT_CODES: Readonly<Record<string, [status: number, code: string]>> = {
  ThrottlingException: [503, 'SlowDown'],
  AccessDeniedException: [403, 'AccessDenied'],
  ExpiredTokenException: [400, 'ExpiredToken'],
  ResourceNotFoundException: [404, 'NoSuchKey'],
};

const EFFECTS: Readonly<Record<string, Effect>> = {
  CreateBucket: 'created',
  PutObject: 'created',
  CopyObject: 'created',
  CompleteMultipartUpload: 'created',
  CreateMultipartUpload: 'created',
  UploadPart: 'created',
  UploadPartCopy: 'created',
  AbortMultipartUpload: 'deleted',
  DeleteBucket: 'deleted',
  DeleteObject: 'deleted',
  DeleteObjects: 'deleted',
};

export interface S3GateTools {
  handle: ReturnType<typeof createS3Handler>;
  faults: FaultSwitches;
  ledger: Ledger;
  clock: Clock;
  log: Logger;
}

/** What stands before S3: the check of the signature, the faults and the ledger. */
export class S3Gate {
  readonly #tools: S3GateTools;

  constructor(tools: S3GateTools) {
    this.#tools = tools;
  }

  async answer(request: IncomingMessage, response: ServerResponse, requestId: string): Promise<void> {
    const { faults, ledger, handle, log } = this.#tools;
    const refusal = this.#signatureRefusal(request, requestId);
    const target = { service: 's3', operation: request.method ?? 'GET' };
    const fault = refusal === undefined ? faults.strike(target) : undefined;
    const answer = refusal ?? (await this.#faultAnswer(fault, requestId));
    if (answer !== undefined) {
      const status = answer === RESET ? {} : { status: answer.status };
      const struck = fault === undefined ? {} : { fault: fault.fault };
      ledger.record({ ...target, requestId, effect: 'none', ...status, ...struck });
      send(response, answer, { 'x-amz-request-id': requestId });
      return;
    }
    const { operation, bucket, key, error, cause } = await handle(request, response);
    if (cause !== undefined) log.error({ error: cause, operation, bucket, key }, 'A request to S3 failed');
    ledger.record({
      service: 's3',
      operation,
      ...(bucket === undefined ? {} : { resource: `s3://${bucket}/${key ?? ''}` }),
      status: response.statusCode,
      ...(error === undefined ? {} : { errorCode: error }),
      requestId,
      effect: error === undefined ? (EFFECTS[operation] ?? 'none') : 'none',
      ...(fault === undefined ? {} : { fault: fault.fault }),
    });
  }

  #signatureRefusal(request: IncomingMessage, requestId: string): Answer | undefined {
    try {
      checkSignature(request, {
        service: 's3',
        now: this.#tools.clock.now(),
        largestSkewSeconds: LARGEST_SKEW_SECONDS,
        queryAllowed: true,
      });
      return undefined;
    } catch (error) {
      if (!(error instanceof SignatureError)) throw error;
      const [status, code] = REFUSALS[error.problem];
      return xmlError(status, code, error.problem === 'missing' ? 'Access Denied' : error.message, requestId);
    }
  }

  /** Undefined when the request is to be carried out after all. */
  async #faultAnswer(fault: FaultSwitch | undefined, requestId: string): Promise<Answer | undefined> {
    if (fault === undefined) return undefined;
    const { effect } = faultOf(fault);
    switch (effect.kind) {
      case 'reset':
        return RESET;
      case 'raw':
        return effect;
      case 'refuse': {
        const [status, code] = FAULT_CODES[effect.code] ?? [400, effect.code];
        return xmlError(status, code, effect.message, requestId);
      }
      case 'internal-error':
        return xmlError(500, 'InternalError', 'We encountered an internal error. Please try again.', requestId);
      default:
        await wait(fault.delayMs);
        return undefined;
    }
  }
}

function xmlError(status: number, code: string, message: string, requestId: string): Answer {
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${escapeXml(message)}</Message><RequestId>${requestId}</RequestId></Error>`;
  return { status, contentType: 'application/xml', body };
}

function escapeXml(value: string): string {
  return value.replace(/[<>&]/g, (character) => `&#${character.charCodeAt(0)};`);
}
