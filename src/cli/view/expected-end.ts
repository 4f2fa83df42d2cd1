import type { JobReport } from '../../pipeline/report.ts';

/**
 * When a running job will have processed all its records if it goes on as fast as it did so far.
 * Unknown before the first record, and for services that do not count.
 *
 * @param seenAt when the counts were read
 */
export function expectedEnd(job: JobReport, seenAt: Date): Date | undefined {
  const { total, processed } = job.records ?? {};
  if (job.endedAt !== undefined || job.startedAt === undefined || !total || !processed) return undefined;
  const startedAt = Date.parse(job.startedAt);
  const perRecord = (seenAt.getTime() - startedAt) / processed;
  return new Date(startedAt + perRecord * total);
}
