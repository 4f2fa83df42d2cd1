import type { RunReport } from '../../src/pipeline/report.ts';
import type { SimulatedAws } from './simulated-aws.ts';

/** How many creates of a run's jobs took effect, those of earlier job attempts included. */
export async function countCreates(aws: SimulatedAws, { steps }: RunReport): Promise<number> {
  const jobs = Object.values(steps).flatMap(({ job, earlierJobs = [] }) => [...earlierJobs, ...(job ? [job] : [])]);
  const calls = await Promise.all(jobs.map(({ id }) => aws.ledger(`?job=${id}`)));
  return calls.flat().filter(({ operation, status }) => operation.startsWith('Create') && status === 200).length;
}
