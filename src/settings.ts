import { z } from 'zod';
import { durationProblem, parseDuration } from './pipeline/duration.ts';

const duration = z
  .string()
  .superRefine((text, context) => {
    const problem = durationProblem(text);
    if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
  })
  .transform((text) => parseDuration(text));

const count = z.coerce.number('must be a whole number').int('must be a whole number').min(1, 'must be at least 1');

const places = z.string().transform((text, context) => {
  const granted = new Map<string, number>();
  if (text === 'none') return granted;
  for (const part of text.split(',')) {
    const [, service = '', jobs = ''] = /^\s*([a-z/-]+)=([1-9]\d{0,4})\s*$/.exec(part) ?? [];
    if (service === '') {
      const message = 'write SERVICE=JOBS, separated by commas, for example personalize/batch-inference=10';
      context.addIssue({ code: 'custom', message });
      return z.NEVER;
    }
    granted.set(service, Number(jobs));
  }
  return granted;
});

/** Every variable that Nightscore itself reads, with its default. Temporal's and AWS's own variables are read by their libraries. */
const SETTINGS = {
  NIGHTSCORE_PIPELINES: z.string().min(1).default('./pipelines').describe('Folder of pipeline files'),
  NIGHTSCORE_TASK_QUEUE: z.string().min(1).max(200).default('nightscore').describe('Task queue of the workers'),
  NIGHTSCORE_POLL_INTERVAL: duration.prefault('10s').describe('Time between two looks at the jobs of one service'),
  NIGHTSCORE_NOT_FOUND_GRACE: duration
    .prefault('1m')
    .describe('How long a service may not know a job that was just submitted'),
  NIGHTSCORE_PROGRESS_INTERVAL: duration.prefault('30s').describe('How often progress is sent to Temporal'),
  NIGHTSCORE_HEARTBEAT_TIMEOUT: duration
    .prefault('2m')
    .describe('How long a worker may be silent before another one takes over its waits'),
  NIGHTSCORE_BLIND_LIMIT: duration
    .prefault('1d')
    .describe('How long a job may not be seen (AWS throttles, fails or denies reads) before its step gives up on it'),
  NIGHTSCORE_UNKNOWN_STATUS_LIMIT: duration
    .prefault('1d')
    .describe('How long a service may send a status that Nightscore does not know before the step gives up on the job'),
  NIGHTSCORE_PLACES: places
    .prefault('none')
    .describe('Jobs at once where AWS granted others than by default, for example personalize/batch-inference=10'),
  NIGHTSCORE_MAX_JOBS: count.default(5000).describe('Jobs that one worker awaits at once'),
  NIGHTSCORE_WORKFLOW_CACHE: count.default(200).describe('Workflows that one worker keeps in memory'),
  NIGHTSCORE_LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])
    .default('info')
    .describe('Least level that is logged'),
};

const schema = z.object(SETTINGS);

export interface Settings {
  pipelinesFolder: string;
  taskQueue: string;
  pollIntervalMs: number;
  notFoundGraceMs: number;
  progressIntervalMs: number;
  heartbeatTimeoutMs: number;
  blindMs: number;
  unknownStatusMs: number;
  /** Places by service. */
  places: ReadonlyMap<string, number>;
  maxJobs: number;
  workflowCache: number;
  logLevel: string;
}

/** Variables that are not set as they must be; the message names each. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

/** Reads the settings from the environment. An empty variable counts as not set. Throws a SettingsError. */
export function readSettings(environment: NodeJS.ProcessEnv = process.env): Settings {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const parsed = schema.safeParse(given);
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
    throw new SettingsError(`Some settings are not right:\n  ${problems.join('\n  ')}`);
  }
  const value = parsed.data;
  return {
    pipelinesFolder: value.NIGHTSCORE_PIPELINES,
    taskQueue: value.NIGHTSCORE_TASK_QUEUE,
    pollIntervalMs: value.NIGHTSCORE_POLL_INTERVAL,
    notFoundGraceMs: value.NIGHTSCORE_NOT_FOUND_GRACE,
    progressIntervalMs: value.NIGHTSCORE_PROGRESS_INTERVAL,
    heartbeatTimeoutMs: value.NIGHTSCORE_HEARTBEAT_TIMEOUT,
    blindMs: value.NIGHTSCORE_BLIND_LIMIT,
    unknownStatusMs: value.NIGHTSCORE_UNKNOWN_STATUS_LIMIT,
    places: value.NIGHTSCORE_PLACES,
    maxJobs: value.NIGHTSCORE_MAX_JOBS,
    workflowCache: value.NIGHTSCORE_WORKFLOW_CACHE,
    logLevel: value.NIGHTSCORE_LOG_LEVEL,
  };
}
