import type { JobRecords } from '../../pipeline/job.ts';

/** Record counts of a job for people: `120 of 285`, `4,000, 24 invalid`; empty when the service does not count. */
export function recordsText({ total, processed, invalid }: JobRecords = {}): string {
  const counts = [done(total, processed), invalid ? `${count(invalid)} invalid` : ''];
  return counts.filter((text) => text !== '').join(', ');
}

export function count(records: number): string {
  return records.toLocaleString('en-US');
}

function done(total: number | undefined, processed: number | undefined): string {
  if (total === undefined) return processed === undefined ? '' : count(processed);
  return processed === undefined || processed === total ? count(total) : `${count(processed)} of ${count(total)}`;
}
