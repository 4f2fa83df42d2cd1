import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import { inject } from 'vitest';
import { parse, stringify } from 'yaml';
import { createS3Client } from '../../src/services/s3-client.ts';
import { startSimulator } from '../../src/simulator/simulator.ts';
import { CREDENTIALS } from './secrets.ts';

export const REGION = 'eu-west-1';

export interface LedgerEntry {
  service: string;
  operation: string;
  jobId?: string;
  status: number;
  errorCode?: string;
}

export interface SimulatedAws {
  endpoint: string;
  folder: string;
  /** The calls that the simulator answered, the oldest first. */
  ledger(query?: string): Promise<LedgerEntry[]>;
  faults(switches: object[]): Promise<void>;
  clearFaults(): Promise<void>;
  /** What is true of the jobs with this id. */
  jobs(id: string): Promise<{ state: string }[]>;
  /** Keys of the objects in the examples' bucket under a prefix. */
  objects(prefix: string): Promise<string[]>;
  close(): Promise<void>;
}

/** A simulator in a folder of its own, to which every AWS client that this process makes from now on speaks. */
export async function simulateAws(
  options: {
    speed?: number;
    /** Settings of the simulator that differ from its own, for example `{ fraudDetector: { simultaneousJobs: 100 } }`. */
    settings?: object;
  } = {},
): Promise<SimulatedAws> {
  const folder = await mkdtemp(join(tmpdir(), 'nightscore-test-'));
  if (options.settings) {
    // The first simulator fills the folder.
    await (await startSimulator({ folder })).close();
    const file = join(folder, 'resources.yaml');
    const resources = parse(await readFile(file, 'utf8')) as { settings?: object };
    await writeFile(file, stringify({ ...resources, settings: { ...resources.settings, ...options.settings } }));
  }
  const simulator = await startSimulator({ folder, speed: options.speed ?? 600 });
  const admin = (path: string) => `${simulator.endpoint}/_simulator/${path}`;
  process.env.AWS_ENDPOINT_URL = simulator.endpoint;
  process.env.AWS_REGION = REGION;
  Object.assign(process.env, CREDENTIALS);
  return {
    endpoint: simulator.endpoint,
    folder,
    async ledger(query = '') {
      const response = await fetch(admin(`ledger${query}`));
      return (await response.json()) as LedgerEntry[];
    },
    async faults(switches) {
      const response = await fetch(admin('faults'), { method: 'POST', body: JSON.stringify(switches) });
      if (!response.ok) throw new Error(await response.text());
    },
    async jobs(id) {
      const response = await fetch(admin('jobs'));
      const jobs = (await response.json()) as { id: string; state: string }[];
      return jobs.filter((job) => job.id === id);
    },
    async objects(prefix) {
      const listing = await createS3Client(REGION).send(
        new ListObjectsV2Command({ Bucket: 'nightscore-examples', Prefix: prefix }),
      );
      return (listing.Contents ?? []).map(({ Key = '' }) => Key);
    },
    async clearFaults() {
      await fetch(admin('faults'), { method: 'DELETE' });
    },
    async close() {
      await simulator.close();
      await copyFile(join(folder, 'state', 'ledger.jsonl'), join(inject('evidence'), `${basename(folder)}.jsonl`));
      await rm(folder, { recursive: true });
    },
  };
}
