import { activityInfo, ApplicationFailure } from '@temporalio/activity';
import { ApplicationFailureCategory } from '@temporalio/common';
import type { Json } from '../pipeline/definition.ts';
import { issuesText } from '../pipeline/validation/issues-text.ts';
import type { JobIdentity, JobRef } from '../pipeline/job.ts';
import type { BatchService, JobClient } from '../services/service.ts';
import { findJob } from '../services/find-job.ts';
import { startOrAdopt, type StartedJob } from '../services/start-or-adopt.ts';
import type { ActivityContext } from './context.ts';
import { mayJobExist, rejection, toFailure } from './failures.ts';

export interface StartJobInput {
  service: string;
  identity: JobIdentity;
  /** The AWS request less the job's id. */
  request: { [member: string]: Json };
  /** The worker's own region when absent. */
  region?: string;
}

export interface StartJobResult extends StartedJob {
  /** Whether the service can stop the job. */
  canStop: boolean;
  /** For whoever awaits the job: how long a worker may be silent before another one takes over, in milliseconds. */
  heartbeatTimeoutMs: number;
}

/** Starts the job or adopts the one that exists; fails for good when the service will never start it. */
export async function startJob(context: ActivityContext, input: StartJobInput): Promise<StartJobResult> {
  try {
    const { service, client, ref, request } = prepare(context, input);
    const started = await startOrAdopt(service, client, ref, request, mayJobExist());
    const { runKey, step, attempt } = input.identity;
    const job = { run: runKey, step, attempt, service: service.name, job: ref.id };
    context.log.info(job, started.adopted ? 'Took over the job that exists' : 'Started the job');
    return { ...started, canStop: service.can.stop, heartbeatTimeoutMs: context.heartbeatTimeoutMs };
  } catch (error) {
    throw toFailure(error);
  }
}

const NEXT_LOOK_MS = 2_000;

/** What became of an interrupted start: its job, or nothing when the service has none. */
export async function findStartedJob(context: ActivityContext, input: StartJobInput): Promise<StartJobResult | null> {
  try {
    const { service, client, ref, request } = prepare(context, input);
    const seen = await findJob(client, ref);
    // The job may be so fresh that its service does not show it yet.
    const lookedForMs = Date.now() - activityInfo().scheduledTimestampMs;
    if (!seen && lookedForMs < context.notFoundGraceMs) throw notYetFound(ref);
    if (!seen || service.differences(request, seen).length > 0) return null;
    const { observation } = seen;
    const submittedAt = observation.createdAt ?? observation.observedAt;
    const { heartbeatTimeoutMs } = context;
    return { ref: observation.ref, adopted: true, submittedAt, canStop: service.can.stop, heartbeatTimeoutMs };
  } catch (error) {
    throw toFailure(error);
  }
}

function notYetFound(ref: JobRef): ApplicationFailure {
  return ApplicationFailure.create({
    type: 'NotYetFound',
    message: `${ref.service} does not know the job ${ref.id}, at least not yet`,
    category: ApplicationFailureCategory.BENIGN,
    nextRetryDelay: NEXT_LOOK_MS,
  });
}

interface PreparedStart {
  service: BatchService;
  client: JobClient<unknown>;
  ref: JobRef;
  request: unknown;
}

function prepare(context: ActivityContext, input: StartJobInput): PreparedStart {
  const region = input.region ?? context.region;
  const { service, client } = context.clients({ service: input.service, region });
  const parsed = service.request.safeParse(input.request);
  if (!parsed.success) {
    const problems = issuesText(parsed.error, 'with');
    throw rejection(`${service.name} would refuse the request of step ${input.identity.step}: ${problems}.`);
  }
  const ref = service.locate(service.jobId(input.identity), parsed.data, region);
  return { service, client, ref, request: parsed.data };
}
