import type { ZodType } from 'zod';
import type { ErrorStatuses } from './aws-error.ts';
import type { Clock } from './clock.ts';
import type { JobLogs } from './job-logs.ts';
import type { JobFate, JobKind } from './jobs/simulated-job.ts';
import type { JobRunner } from './jobs/job-runner.ts';
import { ResourceSection } from './resource-file.ts';
import type { ObjectStore } from './s3/object-store.ts';
import { validate } from './validation.ts';

/** What a call did, for the ledger. */
export type Effect = 'none' | 'created' | 'already-exists' | 'updated' | 'stopping' | 'deleted';

/** One call of one operation, apart from its input. */
export interface Call {
  region: string;
  /** `http://host:port` as the client wrote it. */
  origin: string;
  /** What is to become of a job that the call creates, if a fault says so. */
  fate?: JobFate;
  /** Whether a fault says that the call is to hear of jobs as they were before they ended. */
  isStale?: boolean;
  /** Says what the call did; without it, the ledger says `none`. */
  readonly did: (effect: Effect) => void;
}

/** Takes a request body as it came, and gives the answer's members, or throws an AwsError. */
export type Operation = (body: unknown, call: Call) => object;

/** Makes the operations of a service that refuses a value that violates a constraint with the error of this name. */
export function operationsRefusing(refusal: string) {
  return <Input>(input: ZodType<Input>, run: (input: Input, call: Call) => object): Operation =>
    (body, call) =>
      run(validate(input, body, refusal), call);
}

/** The members of a request that name what it is about, in the order in which they are looked for. */
export interface Subjects {
  job: readonly string[];
  resource: readonly string[];
}

/** What a service stands on. */
export interface ServiceHost<Resources, Settings> {
  account(): string;
  /** What exists now; people may change it at any time. */
  resources(): Resources;
  settings(): Settings;
  readonly clock: Clock;
  readonly store: ObjectStore;
  /** Logs of jobs, for services that give out links to them. */
  readonly logs: JobLogs;
  openJobs<Request>(kind: JobKind<Request>): JobRunner<Request>;
}

/** The part of a host that does not depend on the service. */
export type CommonHost = Omit<ServiceHost<never, never>, 'resources' | 'settings'>;

export interface ServiceDefinition<Resources, Settings> {
  /** In the ledger and the faults, for example `machine-learning`. */
  name: string;
  /** As SigV4 scopes name it. */
  signingName: string;
  /** What stands before the dot in `X-Amz-Target`. */
  targetPrefix: string;
  /** The service's key in resources.yaml and in its settings. */
  section: string;
  /** Must accept an empty object. */
  resources: ZodType<Resources>;
  /** Must accept an empty object. */
  settings: ZodType<Settings>;
  /** HTTP statuses of the errors that the service declares. */
  errors: ErrorStatuses;
  /** The error for "our fault, try again". */
  internalError: string;
  subjects: Subjects;
  /** What the service adds to the body of every error. */
  errorMembers?(settings: Settings): Record<string, unknown>;
  open(host: ServiceHost<Resources, Settings>): Readonly<Record<string, Operation>>;
}

/** One simulated service: it is made for one simulator, and opened once that stands. */
export interface SimulatedService extends Pick<
  ServiceDefinition<unknown, unknown>,
  'name' | 'signingName' | 'targetPrefix' | 'errors' | 'internalError' | 'subjects'
> {
  section: Pick<ResourceSection<unknown, unknown>, 'name' | 'prepare'>;
  errorMembers(): Record<string, unknown>;
  open(host: CommonHost): Readonly<Record<string, Operation>>;
}

/** Makes a service from its definition, as often as simulators want one. */
export type ServiceFactory = () => SimulatedService;

export function defineService<Resources, Settings>(definition: ServiceDefinition<Resources, Settings>): ServiceFactory {
  return () => {
    const section = new ResourceSection(definition.section, definition.resources, definition.settings);
    return {
      ...definition,
      section,
      errorMembers: () => definition.errorMembers?.(section.settings) ?? {},
      open: (host) =>
        definition.open({ ...host, resources: () => section.resources, settings: () => section.settings }),
    };
  };
}
