import type { Logger } from 'pino';
import type { PipelineDefinition } from '../pipeline/definition.ts';
import type { Clients } from '../services/clients.ts';
import type { FollowUp } from '../follow-ups/follow-up.ts';
import type { Watchers } from '../watch/watchers.ts';

/** What the activities of one worker share. */
export interface ActivityContext {
  /** Region of the jobs whose step names none. */
  region: string;
  clients: Clients;
  watchers: Watchers;
  followUps: ReadonlyMap<string, FollowUp>;
  /** Reads and checks a pipeline file by the pipeline's name. */
  loadPipeline(name: string): Promise<PipelineDefinition>;
  log: Logger;
}
