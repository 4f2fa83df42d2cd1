import type { Client, WorkflowExecutionDescription } from '@temporalio/client';
import type { Activities } from '../activities/index.ts';
import type { JobHeartbeat, Sight } from '../pipeline/heartbeat.ts';
import { jobReport, refOf } from '../pipeline/job-report.ts';
import type { JobObservation } from '../pipeline/job.ts';
import type { RunReport, StepReport } from '../pipeline/report.ts';

/** What is told of a run that goes on beside what it says itself: its activities tell while they are held. */
export interface LiveSigns {
  heartbeats: readonly JobHeartbeat[];
  /** Whether a start of a job, or the wait for one, has told nothing yet. */
  isAnyJobUntold: boolean;
  /** Whether the run was asked to cancel: the run itself learns it only from a worker. */
  isCancelRequested: boolean;
}

/**
 * The report with what the workers last saw of the running jobs. A workflow does not hear of its activities' heartbeats, so a
 * report from a query knows only that a job was started; Temporal keeps the last heartbeat of each.
 */
export function withProgress(report: RunReport, signs: LiveSigns): RunReport {
  const { heartbeats, isAnyJobUntold, isCancelRequested } = signs;
  const steps = Object.entries(report.steps).map(([id, step]) => {
    const heartbeat = heartbeats.find((beat) => beat.step === id && beat.attempt === step.attempt);
    if (heartbeat) return [id, stepWithProgress(step, heartbeat)] as const;
    return [id, isAnyJobUntold ? untilSeen(step) : step] as const;
  });
  const run = isCancelRequested ? { ...report.run, cancelRequested: true as const } : report.run;
  return { ...report, run, steps: Object.fromEntries(steps) };
}

/** A workflow says `running` as soon as there is a job, but nobody knows that before a look at it. */
function untilSeen(step: StepReport): StepReport {
  const isUnseen = step.job !== undefined && step.job.rawStatus === undefined;
  return step.state === 'running' && isUnseen ? { ...step, state: 'starting' } : step;
}

function stepWithProgress(step: StepReport, { sight = {}, place, warnings: found, ...beat }: JobHeartbeat): StepReport {
  if (step.state === 'ended') return step;
  // What a start has found is newer than what the report has of an attempt before.
  const warnings = [...(found ?? step.warnings ?? []), ...warningsOf(sight)];
  const warned = warnings.length > 0 ? { ...step, warnings } : step;
  if (place) return { ...warned, state: 'queued (quota)', place };
  const observation = sight.observation ?? beat.observation;
  if (!step.job || !observation) return untilSeen(warned);
  const ref = refOf(step.job);
  const live = step.state === 'running' ? liveState(observation, sight) : step.state;
  return { ...warned, state: live, job: { ...step.job, ...jobReport({ ...step.job, ref }, observation) } };
}

function liveState({ state }: JobObservation, { stalledSince }: Sight): StepReport['state'] {
  if (stalledSince !== undefined) return 'stalled';
  return state === 'queued' ? 'queued' : 'running';
}

function warningsOf({ observation, unseenBecause, unknownSince, stalledSince }: Sight): string[] {
  const seen = observation === undefined ? 'never seen yet' : `last seen at ${observation.observedAt}`;
  return [
    ...(unseenBecause === undefined ? [] : [`The job cannot be seen, ${seen}: ${unseenBecause}`]),
    ...(unknownSince === undefined
      ? []
      : [
          `The service says ${JSON.stringify(observation?.rawStatus)}, a status that Nightscore does not know, since ${unknownSince}`,
        ]),
    ...(stalledSince === undefined ? [] : [`The job is stalled: no progress since ${stalledSince}`]),
  ];
}

/** Activities that have nothing to tell before their first heartbeat. */
const TELLING_OF_JOBS: readonly string[] = ['startJob', 'awaitJob'] satisfies (keyof Activities)[];

/** What Temporal and the pending activities of a run tell of it. */
export async function liveSignsOf(client: Client, description: WorkflowExecutionDescription): Promise<LiveSigns> {
  const { payloadConverter, payloadCodecs } = client.options.loadedDataConverter;
  const pending = description.raw.pendingActivities ?? [];
  const beats = pending.map(async (activity) => {
    let payloads = activity.heartbeatDetails?.payloads ?? [];
    for (const codec of payloadCodecs) payloads = await codec.decode(payloads);
    return payloads[0] ? payloadConverter.fromPayload<Partial<JobHeartbeat> | undefined>(payloads[0]) : undefined;
  });
  const heartbeats = (await Promise.all(beats)).filter((beat): beat is JobHeartbeat => beat?.step !== undefined);
  const isAnyJobUntold = pending.some(
    ({ activityType, heartbeatDetails }) =>
      TELLING_OF_JOBS.includes(activityType?.name ?? '') && !heartbeatDetails?.payloads?.length,
  );
  const isCancelRequested = description.raw.workflowExtendedInfo?.cancelRequested === true;
  return { heartbeats, isAnyJobUntold, isCancelRequested };
}
