import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { z } from 'zod';
import { ifPresent } from './file-presence.ts';
import { checksumHeaders, verified } from './checksums.ts';
import type { ExpectedDigest } from './checksums.ts';
import type { ObjectStore, StoredObject } from './object-store.ts';
import { S3Error } from './s3-error.ts';
import type { StagedFile } from './staging.ts';

/** S3 user guide, "Amazon S3 multipart upload limits". */
const SMALLEST_PART = 5 * 1024 ** 2;
const LARGEST_PART_NUMBER = 10_000;

const uploadRecord = z.object({
  bucket: z.string(),
  key: z.string(),
  contentType: z.string().optional(),
  headers: z.record(z.string(), z.string()),
});

/** What was said when the upload began. */
export type UploadRecord = z.infer<typeof uploadRecord>;

export interface Upload extends UploadRecord {
  id: string;
}

export interface StoredPart {
  number: number;
  /** MD5 of its bytes, in hexadecimal. */
  etag: string;
  /** In bytes. */
  size: number;
  lastModified: Date;
  path: string;
}

/** A part as the client names it when it completes the upload. */
export interface NamedPart {
  number: number;
  etag: string;
}

/** Multipart uploads under way: a folder each, with a file `<part number>-<MD5>` for every part. */
export class MultipartUploads {
  readonly #store: ObjectStore;
  readonly #folder: string;

  constructor(store: ObjectStore) {
    this.#store = store;
    this.#folder = join(store.ownFolder, 'uploads');
  }

  /** @returns the id of the upload */
  async create(record: UploadRecord): Promise<string> {
    const id = randomUUID();
    await mkdir(join(this.#folder, id), { recursive: true });
    await writeFile(this.#recordPath(id), JSON.stringify(record));
    return id;
  }

  /** Fails with NoSuchUpload unless the upload is one to this object. */
  async find(id: string, bucket: string, key: string): Promise<Upload> {
    const isId = z.uuid().safeParse(id).success;
    const text = isId ? await ifPresent(readFile(this.#recordPath(id), 'utf8')) : undefined;
    const record = text === undefined ? undefined : uploadRecord.parse(JSON.parse(text));
    if (record?.bucket !== bucket || record.key !== key) throw new S3Error('NoSuchUpload', { UploadId: id });
    return { ...record, id };
  }

  /** Uses the staged bytes up. @param partNumber as the client wrote it */
  async putPart(upload: Upload, partNumber: string, staged: StagedFile): Promise<StoredPart> {
    try {
      const number = parsePartNumber(partNumber);
      const path = join(this.#folder, upload.id, `${number}-${staged.md5}`);
      const { mtime } = await stat(staged.path);
      await rename(staged.path, path);
      return { number, etag: staged.md5, size: staged.size, lastModified: mtime, path };
    } finally {
      await this.#store.discard(staged);
    }
  }

  /** In the order of their numbers; of a part that was sent again, the latest. */
  async parts(upload: Upload): Promise<StoredPart[]> {
    const folder = join(this.#folder, upload.id);
    const parts = new Map<number, StoredPart>();
    for (const name of await readdir(folder)) {
      const [, number, etag] = /^(\d+)-([0-9a-f]{32})$/.exec(name) ?? [];
      if (number === undefined || etag === undefined) continue;
      const path = join(folder, name);
      const { size, mtime } = await stat(path);
      const earlier = parts.get(Number(number));
      if (earlier === undefined || earlier.lastModified <= mtime) {
        parts.set(Number(number), { number: Number(number), etag, size, lastModified: mtime, path });
      }
    }
    return [...parts.values()].sort((a, b) => a.number - b.number);
  }

  /** Joins the named parts into the object, and ends the upload. */
  async complete(
    upload: Upload,
    named: NamedPart[],
    options: { onlyIfAbsent: boolean; checksums: ExpectedDigest[] },
  ): Promise<StoredObject> {
    const parts = choose(await this.parts(upload), named);
    const md5 = createHash('md5');
    for (const { etag } of parts) md5.update(etag, 'hex');
    const staged = await this.#store.receive(
      Readable.from(verified(joined(parts), options.checksums), { objectMode: false }),
    );
    const object = await this.#store.commit(upload.bucket, upload.key, staged, {
      etag: `${md5.digest('hex')}-${parts.length}`,
      ...(upload.contentType === undefined ? {} : { contentType: upload.contentType }),
      headers: { ...upload.headers, ...checksumHeaders(options.checksums) },
      onlyIfAbsent: options.onlyIfAbsent,
    });
    await this.abort(upload);
    return object;
  }

  async abort(upload: Upload): Promise<void> {
    await rm(join(this.#folder, upload.id), { recursive: true, force: true });
  }

  /** Ends all uploads to a bucket. */
  async abortAll(bucket: string): Promise<void> {
    for (const id of (await ifPresent(readdir(this.#folder))) ?? []) {
      const record = uploadRecord.parse(JSON.parse(await readFile(this.#recordPath(id), 'utf8')));
      if (record.bucket === bucket) await this.abort({ ...record, id });
    }
  }

  #recordPath(id: string): string {
    return join(this.#folder, id, 'upload.json');
  }
}

function choose(stored: StoredPart[], named: NamedPart[]): StoredPart[] {
  const isAscending = named.every(({ number }, index) => index === 0 || number > (named[index - 1]?.number ?? 0));
  if (!isAscending) throw new S3Error('InvalidPartOrder');
  const byNumber = new Map(stored.map((part) => [part.number, part]));
  const parts = named.map(({ number, etag }) => {
    const part = byNumber.get(number);
    if (part?.etag !== etag) throw new S3Error('InvalidPart', { PartNumber: String(number), ETag: etag });
    return part;
  });
  const small = parts.slice(0, -1).find(({ size }) => size < SMALLEST_PART);
  if (small !== undefined) {
    throw new S3Error('EntityTooSmall', {
      ProposedSize: String(small.size),
      MinSizeAllowed: String(SMALLEST_PART),
      PartNumber: String(small.number),
      ETag: small.etag,
    });
  }
  return parts;
}

function parsePartNumber(text: string): number {
  const number = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (number >= 1 && number <= LARGEST_PART_NUMBER) return number;
  const message = `Part number must be an integer between 1 and ${LARGEST_PART_NUMBER}, inclusive`;
  throw new S3Error('InvalidArgument', { ArgumentName: 'partNumber', ArgumentValue: text }, message);
}

async function* joined(parts: StoredPart[]): AsyncGenerator<Buffer> {
  for (const { path } of parts) yield* createReadStream(path);
}
