import type { Logger } from 'pino';
import type { Clients } from '../services/clients.ts';
import type { FollowUp } from '../follow-ups/follow-up.ts';
import type { Slots } from '../slots.ts';
import type { Watchers } from '../watch/watchers.ts';

/** What the activities of one worker share. */
export interface ActivityContext {
  /** Region of the jobs whose step names none. */
  region: string;
  clients: Clients;
  watchers: Watchers;
  followUps: ReadonlyMap<string, FollowUp>;
  /** Lets a few readings of results in at a time. */
  readings: Slots;
  /** How long a worker that awaits a job may be silent before another one takes over, in milliseconds. */
  heartbeatTimeoutMs: number;
  /** How long a service may not know a job that was just submitted, in milliseconds. */
  notFoundGraceMs: number;
  /** Folder of the pipeline files. */
  pipelinesFolder: string;
  log: Logger;
}
