import { z } from 'zod';
import { AwsError } from './aws-error.ts';
import type { JobFate } from './jobs/simulated-job.ts';

const CALL_ROLES = ['create', 'read', 'list', 'stop', 'delete'] as const;

/** What a call is for. */
export type CallRole = (typeof CALL_ROLES)[number];

/** What a fault does to a call. */
export type FaultEffect =
  | { kind: 'refuse'; code: string; message: string; status?: number }
  | { kind: 'internal-error' }
  | { kind: 'reset' }
  | { kind: 'raw'; status: number; contentType: string; body: string }
  | { kind: 'delay' }
  | { kind: 'status' }
  | { kind: 'fate'; fate: JobFate['kind'] }
  | { kind: 'stale' };

export interface Fault {
  /** Before the service acts on the call, so that nothing happens; or after, so that only the answer is lost. */
  moment: 'before' | 'after';
  effect: FaultEffect;
  /** The only calls that it can strike; without it, all. */
  calls?: readonly CallRole[];
}

const THROTTLED = { kind: 'refuse', code: 'ThrottlingException', message: 'Rate exceeded' } as const;
const PROXY_PAGE = {
  kind: 'raw',
  status: 503,
  contentType: 'text/html',
  body: '<html><body><h1>503 Service Temporarily Unavailable</h1></body></html>',
} as const;

/** Every fault that can be switched on, by its name. */
export const FAULTS = {
  throttle: { moment: 'before', effect: { ...THROTTLED, status: 400 } },
  'throttle-429': { moment: 'before', effect: { ...THROTTLED, status: 429 } },
  /** A throttled call that took effect all the same. */
  'throttle-after': { moment: 'after', effect: { ...THROTTLED, status: 400 } },
  'error-500-before': { moment: 'before', effect: { kind: 'internal-error' } },
  'error-500-after': { moment: 'after', effect: { kind: 'internal-error' } },
  'reset-before': { moment: 'before', effect: { kind: 'reset' } },
  'reset-after': { moment: 'after', effect: { kind: 'reset' } },
  /** What a proxy says for a service that it cannot reach. */
  'html-503': { moment: 'before', effect: PROXY_PAGE },
  'html-503-after': { moment: 'after', effect: PROXY_PAGE },
  /** A success whose body was cut short. */
  'garbled-after': {
    moment: 'after',
    effect: { kind: 'raw', status: 200, contentType: 'application/x-amz-json-1.1', body: '{"' },
  },
  slow: { moment: 'before', effect: { kind: 'delay' } },
  'slow-after': { moment: 'after', effect: { kind: 'delay' } },
  'not-found': {
    moment: 'before',
    effect: { kind: 'refuse', code: 'ResourceNotFoundException', message: 'The specified resource cannot be located.' },
  },
  'access-denied': {
    moment: 'before',
    effect: {
      kind: 'refuse',
      code: 'AccessDeniedException',
      message: 'User is not authorized to perform this action because no identity-based policy allows it',
    },
  },
  'expired-token': {
    moment: 'before',
    effect: {
      kind: 'refuse',
      code: 'ExpiredTokenException',
      message: 'The security token included in the request is expired',
    },
  },
  /** Every job in the answer has the status of the switch's `status`, by default one that no documentation knows. */
  'unknown-status': { moment: 'after', effect: { kind: 'status' } },
  /** A replica that has not heard yet that jobs ended. */
  stale: { moment: 'after', calls: ['read', 'list'], effect: { kind: 'stale' } },
  /** The service says that it will stop the job, and does not. */
  'stop-ignored': {
    moment: 'before',
    calls: ['stop'],
    effect: { kind: 'raw', status: 200, contentType: 'application/x-amz-json-1.1', body: '{}' },
  },
  /** What becomes of the job that the call creates. */
  'job-fails': { moment: 'before', calls: ['create'], effect: { kind: 'fate', fate: 'fails' } },
  'job-hangs': { moment: 'before', calls: ['create'], effect: { kind: 'fate', fate: 'hangs' } },
  'job-vanishes': { moment: 'before', calls: ['create'], effect: { kind: 'fate', fate: 'vanishes' } },
  'results-short': { moment: 'before', calls: ['create'], effect: { kind: 'fate', fate: 'results-short' } },
  'results-missing': { moment: 'before', calls: ['create'], effect: { kind: 'fate', fate: 'results-missing' } },
} as const satisfies Record<string, Fault>;

export type FaultName = keyof typeof FAULTS;

function isFaultName(name: string): name is FaultName {
  return Object.hasOwn(FAULTS, name);
}

const switchSchema = z.strictObject({
  /** Which calls: all of the batch services, or those that have every one of these. S3 must be named. */
  service: z.string().optional(),
  /** For S3, the HTTP method: what it is to do is not known before it does it. */
  operation: z.string().optional(),
  job: z.string().optional(),
  /** What the call is for, whatever its service names it. */
  call: z.enum(CALL_ROLES).optional(),
  fault: z.string().refine(isFaultName, { error: `one of ${Object.keys(FAULTS).join(', ')}` }),
  /** How many calls it strikes; without it, every one until the switches are deleted. */
  times: z.number().int().positive().optional(),
  /** How many calls it lets pass first. */
  skip: z.number().int().nonnegative().default(0),
  /** Of the delays. */
  delayMs: z.number().int().nonnegative().default(1000),
  /** Of `unknown-status`. */
  status: z.string().default('REBALANCING'),
  /** Of `job-fails`: what the service says of the job. */
  message: z.string().default('InternalServerError: We encountered an internal error. Please try again.'),
});

export type FaultSwitch = z.infer<typeof switchSchema>;

/** A call as the switches see it. */
export interface FaultTarget {
  service: string;
  operation: string;
  job?: string | undefined;
}

/** S3 writes its answers by itself, so that they cannot be changed afterwards. */
const S3_FAULTS: readonly FaultEffect['kind'][] = ['refuse', 'internal-error', 'reset', 'raw', 'delay'];

/** The fault switches that are on. They are not kept over a restart. */
export class FaultSwitches {
  readonly #services: readonly string[];
  #switches: FaultSwitch[] = [];

  /** @param services names of the services apart from S3 */
  constructor(services: readonly string[]) {
    this.#services = [...services, 's3'];
  }

  get all(): readonly FaultSwitch[] {
    return this.#switches;
  }

  /**
   * Adds switches to those that are on.
   *
   * @throws AwsError that says what is wrong with them
   */
  add(switches: unknown): void {
    const parsed = z.array(switchSchema).safeParse(switches);
    if (!parsed.success) throw new AwsError('InvalidFault', z.prettifyError(parsed.error));
    const stray = parsed.data.find(({ service }) => service !== undefined && !this.#services.includes(service));
    if (stray) {
      const message = `There is no service ${JSON.stringify(stray.service)}; there are ${this.#services.join(', ')}.`;
      throw new AwsError('InvalidFault', message);
    }
    const unfit = parsed.data.find((one) => one.service === 's3' && !isFitForS3(faultOf(one)));
    if (unfit) throw new AwsError('InvalidFault', `The fault ${unfit.fault} cannot strike s3.`);
    const idle = parsed.data.find((one) => one.call !== undefined && !canStrike(one, one.call));
    if (idle) throw new AwsError('InvalidFault', `The fault ${idle.fault} cannot strike calls to ${idle.call}.`);
    this.#switches.push(...parsed.data);
  }

  clear(): void {
    this.#switches = [];
  }

  /** The switch that strikes this call, if one does; it is counted as having struck. */
  strike(target: FaultTarget): FaultSwitch | undefined {
    for (const candidate of this.#switches.filter((one) => matches(one, target))) {
      if (candidate.skip > 0) {
        candidate.skip -= 1;
        continue;
      }
      if (candidate.times === undefined) return candidate;
      candidate.times -= 1;
      if (candidate.times === 0) this.#switches = this.#switches.filter((one) => one !== candidate);
      return candidate;
    }
    return undefined;
  }
}

export function faultOf({ fault }: FaultSwitch): Fault {
  return FAULTS[fault];
}

function canStrike(fault: FaultSwitch, call: CallRole): boolean {
  const { calls = CALL_ROLES } = faultOf(fault);
  return calls.includes(call);
}

function isFitForS3({ moment, effect, calls }: Fault): boolean {
  return moment === 'before' && calls === undefined && S3_FAULTS.includes(effect.kind);
}

/** The operations that calls for each purpose have; reads are about a job that they name, lists name none. */
const CALLS: Readonly<Record<CallRole, { operation: RegExp; namesJob: boolean }>> = {
  create: { operation: /^Create/, namesJob: true },
  read: { operation: /^(Get|Describe)/, namesJob: true },
  list: { operation: /^(Get|Describe|List)Batch/, namesJob: false },
  stop: { operation: /^(Cancel|Stop)/, namesJob: true },
  delete: { operation: /^Delete/, namesJob: true },
};

function isFor(call: CallRole, { operation, job }: FaultTarget): boolean {
  return CALLS[call].operation.test(operation) && CALLS[call].namesJob === (job !== undefined);
}

function matches(fault: FaultSwitch, target: FaultTarget): boolean {
  const { service, operation, job, call } = fault;
  const { calls } = faultOf(fault);
  return (
    (service === undefined ? target.service !== 's3' : service === target.service) &&
    (operation === undefined || operation === target.operation) &&
    (job === undefined || job === target.job) &&
    (call === undefined || isFor(call, target)) &&
    (calls === undefined || calls.some((one) => isFor(one, target)))
  );
}

/** The answer with another status on every job in it. */
export function withStatus(answer: unknown, status: string): unknown {
  if (Array.isArray(answer)) return answer.map((member) => withStatus(member, status));
  if (typeof answer !== 'object' || answer === null) return answer;
  return Object.fromEntries(
    Object.entries(answer).map(([name, value]: [string, unknown]) =>
      name.toLowerCase() === 'status' ? [name, status] : [name, withStatus(value, status)],
    ),
  );
}
