import {
  defaultGrpcRetryOptions,
  makeGrpcRetryInterceptor,
  type Client,
  type ConnectionOptions,
} from '@temporalio/client';
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
  /** For {@link audit} only. */
  auditLog: Logger;
}

/**
 * How long Temporal may take for one request, in milliseconds. Its client would go on trying for longer than callers wait. With the pause before a
 * last try it is ten seconds.
 */
const TEMPORAL_LIMIT_MS = 9_000;
const MAX_PAUSE_MS = 1_000;

/** More than fit into the time of a request, which is what ends them. */
const MAX_TRIES = 30;

const RETRIES = defaultGrpcRetryOptions({ maxAttempts: MAX_TRIES });

/**
 * For the connection of the server: its client sleeps between two tries, up to six seconds, and looks at no deadline then. The SDK (1.24) has an
 * option for that, `maxIntervalMs`, and does not look at it.
 */
export const SHORT_PAUSES: Pick<ConnectionOptions, 'interceptors'> = {
  interceptors: [
    makeGrpcRetryInterceptor({
      ...RETRIES,
      delayFunction: (attempt, status) => Math.min(MAX_PAUSE_MS, RETRIES.delayFunction(attempt, status)),
    }),
  ],
};

/** Does something at Temporal, and gives up when it does not answer in time: throws gRPC's own error. */
export function inTime<Result>(
  { temporal }: Pick<ApiContext, 'temporal'>,
  use: () => Promise<Result>,
  limitMs = TEMPORAL_LIMIT_MS,
): Promise<Result> {
  return temporal.withDeadline(Date.now() + limitMs, use);
}
