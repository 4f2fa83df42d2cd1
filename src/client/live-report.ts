import type { Client, WorkflowExecutionDescription } from '@temporalio/client';
import type { JobHeartbeat, Sight } from '../pipeline/heartbeat.ts';
import { jobReport } from '../pipeline/job-report.ts';
import type { JobObservation } from '../pipeline/job.ts';
import type { RunReport, StepReport } from '../pipeline/report.ts';

/**
 * The report with what the workers last saw of the running jobs. A workflow does not hear of its activities' heartbeats, so a
 * report from a query knows only that a job was started; Temporal keeps the last heartbeat of each.
 */
export function withProgress(report: RunReport, heartbeats: readonly JobHeartbeat[]): RunReport {
  const steps = Object.entries(report.steps).map(([id, step]) => {
    const heartbeat = heartbeats.find((beat) => beat.step === id && beat.attempt === step.attempt);
    return [id, heartbeat ? stepWithProgress(step, heartbeat) : step] as const;
  });
  return { ...report, steps: Object.fromEntries(steps) };
}

function stepWithProgress(
  step: StepReport,
  { sight = {}, place, warnings: found = [], ...beat }: JobHeartbeat,
): StepReport {
  if (step.state === 'ended') return step;
  if (place) return { ...step, state: 'queued (quota)', place, ...(found.length > 0 && { warnings: found }) };
  const observation = sight.observation ?? beat.observation;
  const told = warningsOf(sight);
  const warnings = [...(step.warnings ?? []), ...told];
  const warned = warnings.length > 0 ? { ...step, warnings } : step;
  if (!step.job || !observation) return warned;
  const { region, id } = step.job;
  const ref = { service: step.job.service, region, id, ...(step.job.arn !== undefined && { arn: step.job.arn }) };
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

/** The heartbeats of the jobs that the run awaits. */
export async function heartbeatsOf(client: Client, description: WorkflowExecutionDescription): Promise<JobHeartbeat[]> {
  const { payloadConverter, payloadCodecs } = client.options.loadedDataConverter;
  const beats = (description.raw.pendingActivities ?? []).map(async (activity) => {
    let payloads = activity.heartbeatDetails?.payloads ?? [];
    for (const codec of payloadCodecs) payloads = await codec.decode(payloads);
    return payloads[0] ? payloadConverter.fromPayload<Partial<JobHeartbeat> | undefined>(payloads[0]) : undefined;
  });
  return (await Promise.all(beats)).filter((beat): beat is JobHeartbeat => beat?.step !== undefined);
}
