import type { JobObservation, JobRef } from './job.ts';
import type { JobReport } from './report.ts';

/** What is told about a job, from its start and the last that its service said of it. */
export function jobReport(
  started: { ref: JobRef; adopted: boolean; submittedAt: string },
  seen?: JobObservation,
): JobReport {
  const { ref, adopted, submittedAt } = started;
  const { id, service, region } = ref;
  // What a list says of a job leaves out its ARN.
  const arn = seen?.ref.arn ?? ref.arn;
  const { rawStatus, message, records, outputUri, startedAt, endedAt } = seen ?? {};
  return {
    id,
    service,
    region,
    adopted,
    submittedAt,
    ...(arn !== undefined && { arn }),
    ...(rawStatus !== undefined && { rawStatus }),
    ...(message !== undefined && { message }),
    ...(records !== undefined && { records }),
    ...(outputUri !== undefined && { outputUri }),
    ...(startedAt !== undefined && { startedAt }),
    ...(endedAt !== undefined && { endedAt }),
  };
}

/** Where a job that was told of is found at AWS. */
export function refOf({ id, service, region, arn }: JobReport): JobRef {
  return { id, service, region, ...(arn !== undefined && { arn }) };
}

/** When a job ended, as far as that is known: by its service's clock, or else by ours. */
export function endOfJob({ endedAt, noticedAt }: Pick<JobReport, 'endedAt' | 'noticedAt'>): string | undefined {
  return endedAt ?? noticedAt;
}

/** How long a job took from its start to its end, in milliseconds; undefined while it goes on. */
export function durationOfJob(job: JobReport): number | undefined {
  const end = endOfJob(job);
  return end === undefined ? undefined : Date.parse(end) - Date.parse(job.submittedAt);
}
