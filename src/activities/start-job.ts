import { activityInfo, ApplicationFailure, cancellationSignal, getClient } from '@temporalio/activity';
import { ApplicationFailureCategory } from '@temporalio/common';
import type { Json } from '../pipeline/definition.ts';
import type { JobHeartbeat } from '../pipeline/heartbeat.ts';
import { JOB_GONE, type EarlierJob, type StartDoubt } from '../pipeline/job.ts';
import { issuesText } from '../pipeline/validation/issues-text.ts';
import type { JobIdentity, JobRef } from '../pipeline/job.ts';
import type { BatchService, JobClient } from '../services/service.ts';
import { findJob } from '../services/find-job.ts';
import { ServiceError } from '../services/errors.ts';
import { checkPreconditions, PreconditionError } from '../services/preflight.ts';
import { JobGoneError, startOrAdopt, takeOver, type StartedJob } from '../services/start-or-adopt.ts';
import type { Place } from '../watch/places.ts';
import type { ActivityContext } from './context.ts';
import { farewell } from './farewell.ts';
import {
  failuresSoFar,
  finalFailure,
  handOver,
  leavesDoubt,
  mayJobExist,
  rejection,
  SETTLE_PATIENCE_MS,
  toFailure,
  unseenJob,
} from './failures.ts';
import { Pulse } from './pulse.ts';

export interface StartJobInput {
  service: string;
  identity: JobIdentity;
  /** The AWS request less the job's id. */
  request: { [member: string]: Json };
  /** The worker's own region when absent. */
  region?: string;
  /** Whether to look before paying if what the request names exists and can be used; yes when absent. */
  preflight?: boolean;
  /** What earlier runs know of the job; absent when it is this run's own. */
  earlierJob?: EarlierJob;
  /** Whether the start waits for a place behind those of other runs. */
  lowPriority?: boolean;
}

export interface StartJobResult extends StartedJob {
  /** Whether the service can stop the job. */
  canStop: boolean;
  /** Whether the service can end the job by deleting it. */
  canDelete?: boolean;
  /** For whoever awaits the job: how long a worker may be silent before another one takes over, in milliseconds. */
  heartbeatTimeoutMs: number;
  /** What the look before the start found that a person should know. */
  warnings?: string[];
}

/** PENDING_ACTIVITY_STATE_CANCEL_REQUESTED of Temporal's API. */
const CANCEL_REQUESTED = 3;

/**
 * Starts the job or adopts the one that exists; fails for good when the service will never start it. Waits for a place at a service that
 * would refuse the job now, and hands that wait over when its worker shuts down.
 */
export async function startJob(context: ActivityContext, input: StartJobInput): Promise<StartJobResult> {
  const { runKey, step, attempt } = input.identity;
  const { heartbeatDetails, scheduledTimestampMs } = activityInfo();
  const before = (heartbeatDetails as Partial<JobHeartbeat> | undefined) ?? {};
  const { place } = before;
  let start: JobHeartbeat = { step, attempt, ...failuresSoFar() };
  const pulse = new Pulse<JobHeartbeat>({ ...start, ...(place && { place }) });
  const since = place?.since ?? new Date(scheduledTimestampMs).toISOString();
  const signal = cancellationSignal();
  const { lowPriority = false, earlierJob } = input;
  const mayExist = earlierJob !== undefined || mayJobExist();
  try {
    const { service, client, ref, request } = prepareAgain(context, input, mayExist);
    let { warnings } = before;
    const ready = async (): Promise<Place | undefined> => {
      // A create that may have taken effect was looked at before it was sent.
      if (input.preflight !== false && !mayExist)
        warnings ??= await preflight(context, input.identity, client, request);
      if (warnings) start = { ...start, warnings };
      const onWait = (wait: JobHeartbeat['place'] & object) => pulse.tell({ ...start, place: wait });
      const taken = await context.watchers(ref).places?.take({ ref, since, lowPriority, signal, onWait });
      pulse.tell(start);
      if (!signal.aborted && (await isWanted(context))) return taken;
      taken?.release();
      signal.throwIfAborted();
      // Whoever has taken over meanwhile may have told the run already that there is no job.
      throw unwanted(mayExist);
    };
    const started =
      earlierJob === 'known'
        ? await takeOver(service, client, ref, request)
        : await startOrAdopt(service, client, ref, request, { mayExist, ready });
    const job = { run: runKey, step, attempt, service: service.name, job: ref.id };
    context.log.info(job, started.adopted ? 'Took over the job that exists' : 'Started the job');
    const told = warnings && warnings.length > 0 ? { warnings } : {};
    return { ...started, ...endings(service, client), ...told, heartbeatTimeoutMs: context.heartbeatTimeoutMs };
  } catch (error) {
    if (error instanceof JobGoneError) throw gone(context, error);
    // Whoever looks meanwhile sees a start that waits, not one that fails.
    if (error instanceof ServiceError && error.class === 'quota') pulse.tell({ ...start, place: { since, ahead: 0 } });
    if (!signal.aborted) throw toFailure(error, { details: pulse.details });
    const doubt: StartDoubt = { mayExist: mayExist || leavesDoubt(error) };
    handOver(doubt.mayExist, pulse.details);
    throw farewell('The start of the job', doubt);
  } finally {
    pulse.stop();
  }
}

/** What the look before paying found that a person should know. Throws what keeps the job from being started. */
async function preflight(
  { log }: ActivityContext,
  { runKey, step, attempt }: JobIdentity,
  client: JobClient<unknown>,
  request: unknown,
): Promise<string[]> {
  const findings = await checkPreconditions(client.preconditions(request));
  const errors = findings.filter(({ severity }) => severity === 'error').map(({ message }) => message);
  if (errors.length > 0) throw new PreconditionError(errors);
  const warnings = findings.map(({ message }) => message);
  for (const warning of warnings) log.warn({ run: runKey, step, attempt }, warning);
  return warnings;
}

/**
 * Whether the run still waits for this very start. A cancel reaches an activity with its next heartbeat, which may be half a minute away: too
 * late for a start that was just given a place.
 */
async function isWanted({ log }: ActivityContext): Promise<boolean> {
  const { workflowExecution, activityId, attempt } = activityInfo();
  if (!workflowExecution) return true;
  try {
    const { workflowId, runId } = workflowExecution;
    const { raw } = await getClient().workflow.getHandle(workflowId, runId).describe();
    const pending = raw.pendingActivities?.find((activity) => activity.activityId === activityId);
    return pending?.attempt === attempt && Number(pending.state) !== CANCEL_REQUESTED;
  } catch (error) {
    log.warn(
      { err: error, run: workflowExecution.workflowId },
      'Could not ask Temporal whether the start is still wanted',
    );
    return true;
  }
}

function unwanted(mayExist: boolean): ApplicationFailure {
  return ApplicationFailure.create({
    type: 'Unwanted',
    message: 'The run was cancelled, or another worker has taken over the start',
    details: [{ mayExist } satisfies StartDoubt],
    category: ApplicationFailureCategory.BENIGN,
  });
}

function endings({ can }: BatchService, client: JobClient<unknown>): Pick<StartJobResult, 'canStop' | 'canDelete'> {
  return { canStop: can.stop, canDelete: client.delete !== undefined };
}

const NEXT_LOOK_MS = 2_000;

/** What became of an interrupted start: its job, or nothing when the service has none. */
export async function findStartedJob(context: ActivityContext, input: StartJobInput): Promise<StartJobResult | null> {
  try {
    const { service, client, ref, request } = prepare(context, input);
    const seen = await findJob(client, ref);
    if (!seen && mayShowUp(context)) throw notYetFound(ref);
    if (!seen || service.differences(request, seen).length > 0) return null;
    const { observation } = seen;
    const submittedAt = observation.createdAt ?? observation.observedAt;
    const { heartbeatTimeoutMs } = context;
    return { ref: observation.ref, adopted: true, submittedAt, ...endings(service, client), heartbeatTimeoutMs };
  } catch (error) {
    throw toFailure(error, { patienceMs: SETTLE_PATIENCE_MS, ...jobOf(context, input) });
  }
}

/** A job may be so fresh that its service does not show it yet. */
function mayShowUp({ notFoundGraceMs }: ActivityContext): boolean {
  return Date.now() - activityInfo().scheduledTimestampMs < notFoundGraceMs;
}

/** One look that does not find a job proves nothing. */
function gone(context: ActivityContext, error: JobGoneError): ApplicationFailure {
  return mayShowUp(context) ? lookAgain(error.message) : finalFailure(JOB_GONE, `The job is lost: ${error.message}`);
}

/** The id that the job has, if it exists. */
function jobOf({ clients, region }: ActivityContext, input: StartJobInput): { job?: string } {
  try {
    const { service } = clients({ service: input.service, region: input.region ?? region });
    return { job: service.jobId(input.identity) };
  } catch {
    return {};
  }
}

/** A worker of another version may refuse what an earlier attempt may have started. */
function prepareAgain(context: ActivityContext, input: StartJobInput, mayExist: boolean): PreparedStart {
  try {
    return prepare(context, input);
  } catch (error) {
    throw mayExist && error instanceof Error ? unseenJob(error.message) : error;
  }
}

function notYetFound(ref: JobRef): ApplicationFailure {
  return lookAgain(`${ref.service} does not know the job ${ref.id}, at least not yet`);
}

function lookAgain(message: string): ApplicationFailure {
  return ApplicationFailure.create({
    type: 'NotYetFound',
    message,
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
