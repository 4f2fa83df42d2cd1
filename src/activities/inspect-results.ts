import pMap from 'p-map';
import type { JobReport } from '../pipeline/report.ts';
import { hasResults } from '../services/results/presence.ts';
import { onePerRegion } from '../services/clients.ts';
import { createS3Client } from '../services/s3-client.ts';
import type { ActivityContext } from './context.ts';

export type JobWithResults = Pick<JobReport, 'id' | 'service' | 'region' | 'outputUri'>;

const LOOKS_AT_ONCE = 8;

/** What is amiss with the result files of jobs that succeeded, by the job's id; a job whose files are there is left out. */
export async function inspectResults(
  { clients }: ActivityContext,
  jobs: readonly JobWithResults[],
): Promise<Record<string, string>> {
  const s3Of = onePerRegion(({ region }) => createS3Client(region));
  const found = await pMap(jobs, async (job) => [job.id, await problemOf(job)] as const, {
    concurrency: LOOKS_AT_ONCE,
  });
  return Object.fromEntries(found.flatMap(([id, problem]) => (problem === undefined ? [] : [[id, problem]])));

  async function problemOf({ id, service: name, region, outputUri }: JobWithResults): Promise<string | undefined> {
    if (outputUri === undefined) return undefined;
    try {
      const { service } = clients({ service: name, region });
      const location = service.results({ id, outputUri });
      return (await hasResults(s3Of({ service: 's3', region }), location))
        ? undefined
        : `they are gone from ${location.prefix}`;
    } catch (error) {
      return `they could not be looked for: ${error instanceof Error ? error.message : String(error)}`;
    }
  }
}
