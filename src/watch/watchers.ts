import type { Logger } from 'pino';
import { onePerRegion, type Clients, type ServiceAndRegion } from '../services/clients.ts';
import { Watcher, type WatchSettings } from './watcher.ts';

/** Gives the one watcher of a service and region in this worker. */
export type Watchers = (where: ServiceAndRegion) => Watcher;

export function createWatchers(clients: Clients, settings: WatchSettings, log: Logger): Watchers {
  return onePerRegion((where) => new Watcher(clients(where).client, settings, log.child(where)));
}
