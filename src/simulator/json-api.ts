import type { IncomingMessage } from 'node:http';
import type { Logger } from 'pino';
import { AwsError, httpStatusOf } from './aws-error.ts';
import type { ErrorStatuses } from './aws-error.ts';
import type { Clock } from './clock.ts';
import { faultOf, withStatus } from './faults.ts';
import type { FaultSwitch, FaultSwitches } from './faults.ts';
import type { Answer } from './http-answer.ts';
import { RESET, wait } from './http-answer.ts';
import type { Ledger, LedgerEntry } from './ledger.ts';
import { readJson } from './request-body.ts';
import type { ResourceFile } from './resource-file.ts';
import type { Call, Effect, Operation, SimulatedService } from './service.ts';
import { checkSignature, SignatureError } from './signature.ts';
import type { SignatureProblem } from './signature.ts';
import { jobOf, resourceOf } from './subjects.ts';

const CONTENT_TYPE = 'application/x-amz-json-1.1';

/** What a hostile client sends for a name is not kept in full. */
const LONGEST_OPERATION_NAME = 128;
/** Of Amazon ML, the only service that limits it; a refusal repeats what it refuses, which can be long. */
const LONGEST_MESSAGE = 2048;

const SIGNATURE_ERRORS: Record<SignatureProblem, string> = {
  missing: 'MissingAuthenticationTokenException',
  incomplete: 'IncompleteSignatureException',
  unsupported: 'IncompleteSignatureException',
  'wrong-scope': 'InvalidSignatureException',
  'too-old': 'InvalidSignatureException',
  expired: 'InvalidSignatureException',
};

export interface OpenService extends Omit<SimulatedService, 'open' | 'section'> {
  operations: Readonly<Record<string, Operation>>;
}

export interface JsonApiTools {
  services: readonly OpenService[];
  resources: ResourceFile;
  faults: FaultSwitches;
  ledger: Ledger;
  clock: Clock;
  log: Logger;
}

/** What is known of a call so far; it becomes the call's entry in the ledger. */
type CallRecord = Omit<LedgerEntry, 'seq' | 'time' | 'status' | 'effect'> & { effect: Effect };

/** How a fault changes what a call does. */
type CallTwist = Pick<Call, 'fate' | 'isStale'>;

/** The AWS JSON 1.1 protocol: `POST /` with the operation in the header `X-Amz-Target`. */
export class JsonApi {
  readonly #tools: JsonApiTools;

  constructor(tools: JsonApiTools) {
    this.#tools = tools;
  }

  /** Answers one request; nothing that a client sends makes it throw. */
  async answer(request: IncomingMessage, requestId: string): Promise<Answer> {
    const [prefix, operationName] = splitTarget(String(request.headers['x-amz-target']));
    const service = this.#tools.services.find(({ targetPrefix }) => targetPrefix === prefix);
    const record: CallRecord = {
      service: service?.name ?? 'unknown',
      operation: operationName.slice(0, LONGEST_OPERATION_NAME),
      requestId,
      effect: 'none',
      ...attemptOf(request),
    };
    const answer = await this.#answerTo(request, service, record);
    this.#tools.ledger.record({ ...record, ...(answer === RESET ? {} : { status: answer.status }) });
    return answer;
  }

  async #answerTo(request: IncomingMessage, service: OpenService | undefined, record: CallRecord): Promise<Answer> {
    try {
      this.#tools.resources.refresh();
      const operation = operationOf(service, record.operation);
      if (service === undefined || operation === undefined || !isJsonCall(request)) {
        throw new AwsError('UnknownOperationException', 'The request names no operation of a simulated service.');
      }
      const region = this.#checkSignature(request, service);
      record.region = region;
      const body = await readJson(request);
      Object.assign(record, jobOf(body, service.subjects), resourceOf(body, service.subjects));
      const fault = this.#tools.faults.strike(record);
      const respond = async (twist: CallTwist = {}): Promise<unknown> =>
        operation(body, {
          region,
          ...twist,
          origin: `http://${request.headers.host ?? 'localhost'}`,
          did: (effect) => void (record.effect = effect),
        });
      return fault === undefined ? success(await respond()) : await this.#struck(fault, service, record, respond);
    } catch (error) {
      return this.#refusal(error, service, record);
    }
  }

  /** Carries out a call under a fault. */
  async #struck(
    fault: FaultSwitch,
    service: OpenService,
    record: CallRecord,
    respond: (twist?: CallTwist) => Promise<unknown>,
  ): Promise<Answer> {
    record.fault = fault.fault;
    const { moment, effect } = faultOf(fault);
    // Should the call itself be refused, then the client hears that.
    const isStale = effect.kind === 'stale';
    const answer = moment === 'after' ? await respond({ isStale }) : undefined;
    switch (effect.kind) {
      case 'reset':
        return RESET;
      case 'raw':
        return effect;
      case 'refuse':
        record.errorCode = effect.code;
        return this.#error(new AwsError(effect.code, effect.message), service, effect.status);
      case 'internal-error':
        record.errorCode = service.internalError;
        return this.#error(new AwsError(service.internalError, 'Internal service error, please try again.'), service);
      case 'status':
        return success(withStatus(answer, fault.status));
      case 'fate':
        return success(await respond({ fate: { kind: effect.fate, message: fault.message } }));
      case 'stale':
        return success(answer);
      case 'delay':
        break;
    }
    await wait(fault.delayMs);
    return success(moment === 'after' ? answer : await respond());
  }

  #checkSignature(request: IncomingMessage, service: OpenService): string {
    try {
      return checkSignature(request, {
        service: service.signingName,
        now: this.#tools.clock.now(),
        largestSkewSeconds: this.#tools.resources.settings.largestClockSkewSeconds,
        queryAllowed: false,
      });
    } catch (error) {
      if (!(error instanceof SignatureError)) throw error;
      throw new AwsError(SIGNATURE_ERRORS[error.problem], error.message);
    }
  }

  #refusal(error: unknown, service: OpenService | undefined, record: CallRecord): Answer {
    if (error instanceof AwsError) {
      record.errorCode = error.code;
      return this.#error(error, service);
    }
    if (isAborted(error)) return RESET;
    this.#tools.log.error({ error, service: record.service, operation: record.operation }, 'A call failed');
    const code = service?.internalError ?? 'InternalFailure';
    record.errorCode = code;
    return this.#error(new AwsError(code, 'The simulator could not carry out the call; its log says why.'), service);
  }

  #error(error: AwsError, service: OpenService | undefined, status?: number): Answer {
    const statuses: ErrorStatuses = service?.errors ?? {};
    return {
      status: status ?? httpStatusOf(error.code, statuses, this.#tools.resources.settings.httpStatus),
      contentType: CONTENT_TYPE,
      body: JSON.stringify({
        __type: error.code,
        message: error.message.slice(0, LONGEST_MESSAGE),
        ...service?.errorMembers(),
      }),
    };
  }
}

function success(answer: unknown): Answer {
  return { status: 200, contentType: CONTENT_TYPE, body: JSON.stringify(answer) };
}

function splitTarget(target: string): [prefix: string, operation: string] {
  const dot = target.lastIndexOf('.');
  return [target.slice(0, Math.max(dot, 0)), target.slice(dot + 1)];
}

function operationOf(service: OpenService | undefined, name: string): Operation | undefined {
  return service !== undefined && Object.hasOwn(service.operations, name) ? service.operations[name] : undefined;
}

function isJsonCall({ method, headers }: IncomingMessage): boolean {
  const [mediaType] = (headers['content-type'] ?? '').split(';');
  return method === 'POST' && mediaType?.trim().toLowerCase() === CONTENT_TYPE;
}

function attemptOf({ headers }: IncomingMessage): { attempt?: number } {
  const [, attempt] = /attempt=(\d{1,6})/.exec(String(headers['amz-sdk-request'])) ?? [];
  return attempt === undefined ? {} : { attempt: Number(attempt) };
}

/** The client went away before it had sent all. */
function isAborted(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ECONNRESET';
}
