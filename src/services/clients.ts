import type { JobRef } from '../pipeline/job.ts';
import type { BatchService, JobClient } from './service.ts';

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
    return { service, client: service.connect(region) };
  });
}
