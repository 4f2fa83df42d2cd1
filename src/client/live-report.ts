import type { Client, WorkflowExecutionDescription } from '@temporalio/client';
import type { JobHeartbeat } from '../pipeline/heartbeat.ts';
import { jobReport } from '../pipeline/job-report.ts';
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

function stepWithProgress(step: StepReport, { observation }: JobHeartbeat): StepReport {
  if (!step.job || step.state === 'ended') return step;
  const { region, id } = step.job;
  const ref = { service: step.job.service, region, id, ...(step.job.arn !== undefined && { arn: step.job.arn }) };
  const queued = observation.state === 'queued' && step.state === 'running';
  return { ...step, state: queued ? 'queued' : step.state, job: jobReport({ ...step.job, ref }, observation) };
}

/** The heartbeats of the jobs that the run awaits. */
export async function heartbeatsOf(client: Client, description: WorkflowExecutionDescription): Promise<JobHeartbeat[]> {
  const { payloadConverter, payloadCodecs } = client.options.loadedDataConverter;
  const beats = (description.raw.pendingActivities ?? []).map(async (activity) => {
    let payloads = activity.heartbeatDetails?.payloads ?? [];
    for (const codec of payloadCodecs) payloads = await codec.decode(payloads);
    return payloads[0] ? payloadConverter.fromPayload<Partial<JobHeartbeat> | undefined>(payloads[0]) : undefined;
  });
  return (await Promise.all(beats)).filter((beat): beat is JobHeartbeat => beat?.observation !== undefined);
}
