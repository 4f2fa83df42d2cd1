import pMap from 'p-map';
import type { JobReport } from '../pipeline/report.ts';
import { hasResults } from '../services/results/presence.ts';
import { onePerRegion } from '../services/clients.ts';
import { createS3Client } from '../services/s3-client.ts';
import type { ResultLocation } from '../services/service.ts';
import type { ActivityContext } from './context.ts';

export type JobWithResults = Pick<JobReport, 'id' | 'service' | 'region' | 'outputUri'>;

/** What a follow-up has copied. Older workers take it for a job without results, and do not look. */
export interface CopiedFiles {
  /** By what the answer names it; never the id of a job. */
  id: string;
  /** The S3 URI of a folder or an object. */
  copiedTo: string;
  /** The worker's own region when absent. */
  region?: string;
}

const LOOKS_AT_ONCE = 8;

/** What is amiss with the result files of jobs that succeeded, and with copied files, by the id of each; one whose files are there is left out. */
export async function inspectResults(
  context: ActivityContext,
  all: readonly (JobWithResults | CopiedFiles)[],
): Promise<Record<string, string>> {
  const s3Of = onePerRegion(({ region }) => createS3Client(region));
  const found = await pMap(all, async (files) => [files.id, await problemOf(files)] as const, {
    concurrency: LOOKS_AT_ONCE,
  });
  return Object.fromEntries(found.flatMap(([id, problem]) => (problem === undefined ? [] : [[id, problem]])));

  async function problemOf(files: JobWithResults | CopiedFiles): Promise<string | undefined> {
    try {
      const location = locationOf(files, context);
      if (location === undefined) return undefined;
      const { region = context.region } = files;
      return (await hasResults(s3Of({ service: 's3', region }), location))
        ? undefined
        : `they are gone from ${location.prefix}`;
    } catch (error) {
      return `they could not be looked for: ${error instanceof Error ? error.message : String(error)}`;
    }
  }
}

/** Where one of the files has to be; undefined for a job that has none. */
function locationOf(files: JobWithResults | CopiedFiles, { clients }: ActivityContext): ResultLocation | undefined {
  if ('copiedTo' in files) return { prefix: files.copiedTo, pattern: files.copiedTo.endsWith('/') ? /^/ : /^$/ };
  const { id, service: name, region, outputUri } = files;
  if (outputUri === undefined) return undefined;
  const { service } = clients({ service: name, region });
  return service.results({ id, outputUri });
}
