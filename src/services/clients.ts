import type { JobObservation, JobRef } from '../pipeline/job.ts';
import { ServiceError } from './errors.ts';
import type { BatchService, JobClient, ListQuery } from './service.ts';

export type ServiceAndRegion = Pick<JobRef, 'service' | 'region'>;

/** A step uses a service that this worker does not have. */
export class UnknownServiceError extends Error {
  override readonly name = 'UnknownServiceError';
}

export interface ConnectedService {
  service: BatchService;
  client: JobClient<unknown>;
}

/** Gives the calls of a service in a region. Throws when no service has that name. */
export type Clients = (where: ServiceAndRegion) => ConnectedService;

/** The same thing for the same service and region, made when it is first asked for. */
export function onePerRegion<T>(make: (where: ServiceAndRegion) => T): (where: ServiceAndRegion) => T {
  const made = new Map<string, T>();
  return ({ service, region }) => {
    const key = `${service} ${region}`;
    const thing = made.get(key) ?? make({ service, region });
    made.set(key, thing);
    return thing;
  };
}

export function createClients(catalog: ReadonlyMap<string, BatchService>): Clients {
  return onePerRegion(({ service: name, region }) => {
    const service = catalog.get(name);
    if (!service)
      throw new UnknownServiceError(
        `This worker knows no service "${name}". It knows: ${[...catalog.keys()].join(', ')}.`,
      );
    return { service, client: withFreshCredentials(() => service.connect(region)) };
  });
}

/** While nobody signs in again, new clients would be of no use; in milliseconds. */
const LEAST_RENEWAL_MS = 5_000;

/**
 * The calls of a client that is made anew when AWS says that its credentials are out of date. The SDK believes in credentials for as long as they say of
 * themselves, and for ever in those of a file.
 */
function withFreshCredentials(connect: () => JobClient<unknown>): JobClient<unknown> {
  let current = connect();
  let renewedAt = 0;
  const call = async <Result>(use: (client: JobClient<unknown>) => Promise<Result>): Promise<Result> => {
    const client = current;
    try {
      return await use(client);
    } catch (error) {
      const isOutOfDate = error instanceof ServiceError && error.class === 'auth-refresh' && client === current;
      if (isOutOfDate && Date.now() - renewedAt >= LEAST_RENEWAL_MS) {
        renewedAt = Date.now();
        current = connect();
      }
      throw error;
    }
  };
  const can = current;
  return {
    create: (ref, request) => call((client) => client.create(ref, request)),
    get: (ref) => call((client) => client.get(ref)),
    preconditions: (request) => current.preconditions(request),
    verify: (job, options) => call((client) => client.verify(job, options)),
    ...(can.list !== undefined && { list: (query) => pages(call, query) }),
    ...(can.stop !== undefined && { stop: (ref) => call(async (client) => client.stop?.(ref)) }),
    ...(can.delete !== undefined && { delete: (ref) => call(async (client) => client.delete?.(ref)) }),
  };
}

type Call = <Result>(use: (client: JobClient<unknown>) => Promise<Result>) => Promise<Result>;

async function* pages(call: Call, query: ListQuery): AsyncGenerator<JobObservation[]> {
  const iterator = await call(async (client) => client.list?.(query)[Symbol.asyncIterator]());
  for (;;) {
    const page = await call(async () => iterator?.next());
    if (!page || page.done) return;
    yield page.value;
  }
}
