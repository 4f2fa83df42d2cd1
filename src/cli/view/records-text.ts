import { endOfJob } from '../../pipeline/job-report.ts';
import type { JobReport } from '../../pipeline/report.ts';
import { counted, grouped } from '../../pipeline/wording.ts';

/**
 * Record counts of a job for people: `120 of 285`, `4,000, 24 invalid`; empty when the service does not count.
 *
 * @param withUnit for texts that do not stand under a heading: `120 of 285 records`
 */
export function recordsText(job: Pick<JobReport, 'records' | 'endedAt' | 'noticedAt'>, withUnit = false): string {
  const { total, processed, invalid } = job.records ?? {};
  const goesOn = endOfJob(job) === undefined;
  const unit = withUnit ? (number: number) => counted(number, 'record') : grouped;
  const counts = [done(total, processed, unit, goesOn), invalid ? `${grouped(invalid)} invalid` : ''];
  return counts.filter((text) => text !== '').join(', ');
}

function done(
  total: number | undefined,
  processed: number | undefined,
  unit: (records: number) => string,
  goesOn: boolean,
): string {
  if (total === undefined) return processed === undefined ? '' : `${unit(processed)}${goesOn ? ' so far' : ''}`;
  if (processed === undefined || processed === total) return unit(total);
  return `${grouped(processed)} of ${unit(total)}`;
}
