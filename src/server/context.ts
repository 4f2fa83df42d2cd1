import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import type { NightscoreClient } from '../client/nightscore-client.ts';
import type { PipelineFolder } from '../pipeline-folder.ts';
import type { RequestClaims } from './request-claims.ts';
import type { RunReports } from './run-reports.ts';

/** What the routes work with. */
export interface ApiContext {
  temporal: Client;
  nightscore: NightscoreClient;
  pipelines: PipelineFolder;
  claims: RequestClaims;
  reports: RunReports;
  log: Logger;
}

/** How long Temporal may take for one request, in milliseconds. Its client would go on trying for longer than callers wait. */
const TEMPORAL_LIMIT_MS = 10_000;

/** Does something at Temporal, and gives up when it does not answer in time. */
export function inTime<Result>({ temporal }: ApiContext, use: () => Promise<Result>): Promise<Result> {
  return temporal.withDeadline(Date.now() + TEMPORAL_LIMIT_MS, use);
}
