import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readTemporalSettings } from '../../temporal/connection-settings.ts';
import { cacheFolder } from '../../temporal/server-binary.ts';
import type { ReplayCommandOptions } from '../replay.ts';

/** One command that replays many runs. Each of its replays carries its id, so the runs themselves tell how far it came. */
export interface Batch {
  id: string;
  /** The same command, given earlier, that was interrupted: this one goes on with it. */
  interrupted?: {
    /** ISO 8601 in UTC. */
    beganAt: string;
    /** Run keys of all that it may have replayed. */
    runs: readonly string[];
  };
  /** To be called before any of these runs is replayed. */
  begin(runs: readonly string[]): Promise<void>;
  /** All was done: the next such command begins anew. */
  end(): Promise<void>;
}

/** What a batch keeps from its begin to its end. */
interface Kept {
  id: string;
  beganAt: string;
  runs: string[];
}

/** The batch of a command at the Temporal of the environment, kept in the cache folder. It is the same command when it replays the same runs in the same way. */
export async function openBatch({
  where,
  definition,
  param = [],
}: Pick<ReplayCommandOptions, 'where' | 'definition' | 'param'>): Promise<Batch> {
  const { address, namespace } = readTemporalSettings();
  const name = createHash('sha256')
    .update(JSON.stringify([address.value, namespace.value, where, definition, param]))
    .digest('hex');
  const folder = join(cacheFolder(), 'replays');
  const file = join(folder, name.slice(0, 32));
  const interrupted = await read(file);
  const { id, beganAt } = interrupted ?? { id: randomUUID(), beganAt: new Date().toISOString() };
  return {
    id,
    ...(interrupted && { interrupted }),
    async begin(runs) {
      const kept: Kept = { id, beganAt, runs: [...new Set([...(interrupted?.runs ?? []), ...runs])] };
      await mkdir(folder, { recursive: true });
      // Renamed into its place, so that a command that is killed leaves all of it or nothing.
      await writeFile(`${file}.new`, JSON.stringify(kept));
      await rename(`${file}.new`, file);
    },
    async end() {
      await rm(file, { force: true });
    },
  };
}

async function read(file: string): Promise<Kept | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as Kept);
}
