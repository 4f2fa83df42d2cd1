import type { JobRecords } from '../../pipeline/job.ts';

/**
 * Record counts of a job for people: `120 of 285`, `4,000, 24 invalid`; empty when the service does not count.
 *
 * @param unit follows the first number, for texts that do not stand under a heading: `120 of 285 records`
 */
export function recordsText({ total, processed, invalid }: JobRecords = {}, unit = ''): string {
  const counts = [done(total, processed, unit), invalid ? `${count(invalid)} invalid` : ''];
  return counts.filter((text) => text !== '').join(', ');
}

export function count(records: number): string {
  return records.toLocaleString('en-US');
}

function done(total: number | undefined, processed: number | undefined, unit: string): string {
  if (total === undefined) return processed === undefined ? '' : `${count(processed)}${unit} so far`;
  if (processed === undefined || processed === total) return `${count(total)}${unit}`;
  return `${count(processed)} of ${count(total)}${unit}`;
}
