import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readTemporalSettings } from '../../temporal/connection-settings.ts';
import { cacheFolder } from '../../temporal/server-binary.ts';

/** One command that replays many runs. Each of its replays carries its id, so the runs themselves tell how far it came. */
export interface Batch {
  id: string;
  /** Whether an earlier command with the same filter was interrupted, which this one goes on with. */
  isResumed: boolean;
  begin(): Promise<void>;
  /** All was done: the next command with this filter begins anew. */
  end(): Promise<void>;
}

/** The batch of a filter at the Temporal of the environment. Its id is kept in the cache folder from its begin to its end. */
export async function openBatch(where: string): Promise<Batch> {
  const { address, namespace } = readTemporalSettings();
  const name = createHash('sha256')
    .update(JSON.stringify([address.value, namespace.value, where]))
    .digest('hex');
  const folder = join(cacheFolder(), 'replays');
  const file = join(folder, name.slice(0, 32));
  const unfinished = await readFile(file, 'utf8').catch(() => undefined);
  const id = unfinished ?? randomUUID();
  return {
    id,
    isResumed: unfinished !== undefined,
    async begin() {
      await mkdir(folder, { recursive: true });
      await writeFile(file, id);
    },
    async end() {
      await rm(file, { force: true });
    },
  };
}
