import { createHash } from 'node:crypto';
import type { BigIntStats } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { ifPresent } from './file-presence.ts';

const objectRecord = z.object({
  key: z.string(),
  /** Size in bytes and nanoseconds of last change of the file that the record is about. */
  file: z.object({ size: z.string(), modifiedAt: z.string() }),
  etag: z.string(),
  contentType: z.string(),
  headers: z.record(z.string(), z.string()),
});

/** What is known of an object beyond its file. */
export type ObjectRecord = z.infer<typeof objectRecord>;

/** What tells one state of a file from another. */
export function fileState(stats: BigIntStats): ObjectRecord['file'] {
  return { size: String(stats.size), modifiedAt: String(stats.mtimeNs) };
}

/**
 * The records of all objects, a small JSON file each. A record counts only for the very file it was written for:
 * one that a person has changed since has none.
 */
export class ObjectRecords {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async read(bucket: string, key: string, file: ObjectRecord['file']): Promise<ObjectRecord | undefined> {
    const text = await ifPresent(readFile(this.#path(bucket, key), 'utf8'));
    const record = text === undefined ? undefined : parse(text);
    const isCurrent = record?.file.size === file.size && record.file.modifiedAt === file.modifiedAt;
    return isCurrent ? record : undefined;
  }

  async write(bucket: string, record: ObjectRecord): Promise<void> {
    const path = this.#path(bucket, record.key);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, JSON.stringify(record));
  }

  async remove(bucket: string, key: string): Promise<void> {
    await rm(this.#path(bucket, key), { force: true });
  }

  async removeBucket(bucket: string): Promise<void> {
    await rm(join(this.#folder, bucket), { recursive: true, force: true });
  }

  #path(bucket: string, key: string): string {
    const hash = createHash('sha256').update(key).digest('hex');
    return join(this.#folder, bucket, hash.slice(0, 2), `${hash.slice(2)}.json`);
  }
}

/** A record that a crash left half written is none; it is made anew from the file. */
function parse(text: string): ObjectRecord | undefined {
  try {
    return objectRecord.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
