import type { Logger } from 'pino';
import { onePerRegion, type Clients, type ServiceAndRegion } from '../services/clients.ts';
import { Places } from './places.ts';
import { Watcher, type WatchSettings } from './watcher.ts';

/** What one worker knows of the jobs of one service in one region. */
export interface Watch {
  watcher: Watcher;
  /** Absent where the service queues jobs by itself. */
  places?: Places;
}

export interface WatchersSettings extends WatchSettings {
  /** Places by service, where AWS has granted others than it grants by default. */
  places: ReadonlyMap<string, number>;
}

/** Gives the one watcher of a service and region in this worker, with its places. */
export type Watchers = (where: ServiceAndRegion) => Watch;

export function createWatchers(clients: Clients, settings: WatchersSettings, log: Logger): Watchers {
  return onePerRegion((where) => {
    const { service, client } = clients(where);
    const ownLog = log.child(where);
    const limit = settings.places.get(service.name) ?? service.places;
    if (limit === undefined || !client.list) return { watcher: new Watcher(client, settings, ownLog) };
    const places = new Places(client, { limit, pollIntervalMs: settings.pollIntervalMs }, ownLog);
    return { places, watcher: new Watcher(client, settings, ownLog, (job) => places.ended(job)) };
  });
}
