import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import type { BigIntStats } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { isBucketName } from './bucket-name.ts';
import { errorCode, ifPresent } from './file-presence.ts';
import { pathsOfKey } from './key-path.ts';
import { findFile, keysIn, md5Of, openFile, placeFile, removeFiles } from './object-files.ts';
import { fileState, ObjectRecords } from './object-record.ts';
import type { ObjectRecord } from './object-record.ts';
import { S3Error } from './s3-error.ts';
import { Staging } from './staging.ts';
import type { StagedFile } from './staging.ts';

/** Of S3: "the name for a key is a sequence of Unicode characters whose UTF-8 encoding is up to 1,024 bytes long". */
const LONGEST_KEY = 1024;
const DEFAULT_CONTENT_TYPE = 'binary/octet-stream';
/** No bucket's name begins with a dot. */
const OWN_FOLDER = '.nightscore';

export interface StoredObject {
  key: string;
  /** In bytes. */
  size: number;
  /** As S3 writes it, without the quotes around it: the MD5 in hexadecimal, or `…-N` after a multipart upload. */
  etag: string;
  lastModified: Date;
  contentType: string;
  /** Further headers that were stored with the object and are sent with it, by lower-case name. */
  headers: Record<string, string>;
}

export interface PutOptions {
  contentType?: string;
  headers?: Record<string, string>;
}

export interface CommitOptions extends PutOptions {
  /** Instead of the MD5 of the bytes. */
  etag?: string;
  /** Refuse with PreconditionFailed if there is an object of this key. */
  onlyIfAbsent?: boolean;
}

/** Both inclusive, in bytes from 0. */
export interface ByteRange {
  start: number;
  end: number;
}

/** One object at one moment: a later put does not change what is read. Close it. */
export interface OpenObject {
  object: StoredObject;
  read: (range?: ByteRange) => Readable;
  close: () => Promise<void>;
}

/**
 * Buckets and objects as plain files, `folder/<bucket>/<key>`, that people can open, change and add to (see
 * `key-path.ts` for keys that are no file names). What else is known of an object lies in `folder/.nightscore/`.
 * One process at a time may use a folder. Refusals are {@link S3Error}s.
 */
export class ObjectStore {
  /** Where other parts of the simulator's S3 keep what is not yet an object. */
  readonly ownFolder: string;
  readonly #folder: string;
  readonly #records: ObjectRecords;
  readonly #staging: Staging;
  #lastChange: Promise<unknown> = Promise.resolve();

  constructor(folder: string) {
    this.#folder = folder;
    this.ownFolder = join(folder, OWN_FOLDER);
    this.#records = new ObjectRecords(join(this.ownFolder, 'records'));
    this.#staging = new Staging(join(this.ownFolder, 'incoming'));
  }

  async createBucket(bucket: string): Promise<void> {
    if (!isBucketName(bucket)) throw new S3Error('InvalidBucketName', { BucketName: bucket });
    await mkdir(this.#folder, { recursive: true });
    try {
      await mkdir(join(this.#folder, bucket));
    } catch (error) {
      if (errorCode(error) === 'EEXIST') throw new S3Error('BucketAlreadyOwnedByYou', { BucketName: bucket });
      throw error;
    }
  }

  async hasBucket(bucket: string): Promise<boolean> {
    if (!isBucketName(bucket)) return false;
    const stats = await ifPresent(stat(join(this.#folder, bucket)));
    return stats?.isDirectory() ?? false;
  }

  /** In the order of their names. */
  async listBuckets(): Promise<{ name: string; createdAt: Date }[]> {
    const entries = (await ifPresent(readdir(this.#folder, { withFileTypes: true }))) ?? [];
    const names = entries.filter((entry) => entry.isDirectory() && isBucketName(entry.name)).map(({ name }) => name);
    return Promise.all(
      names.sort().map(async (name) => ({ name, createdAt: (await stat(join(this.#folder, name))).birthtime })),
    );
  }

  /** Only an empty one. */
  async deleteBucket(bucket: string): Promise<void> {
    await this.#inTurn(async () => {
      const folder = await this.#bucketFolder(bucket);
      for await (const _key of keysIn(folder, '')) throw new S3Error('BucketNotEmpty', { BucketName: bucket });
      await rm(folder, { recursive: true });
      await this.#records.removeBucket(bucket);
    });
  }

  /** Takes the whole body first: the object appears, or changes, at once, and not at all if the body fails. */
  async put(
    bucket: string,
    key: string,
    body: Readable | Buffer | string,
    options: PutOptions = {},
  ): Promise<StoredObject> {
    await this.#bucketFolder(bucket);
    return this.commit(bucket, key, await this.receive(body), options);
  }

  /** Takes bytes that are to become an object by {@link commit}. */
  async receive(body: Readable | Buffer | string): Promise<StagedFile> {
    return this.#staging.receive(body);
  }

  /** Makes received bytes an object. They are used up, also if this fails. */
  async commit(bucket: string, key: string, staged: StagedFile, options: CommitOptions = {}): Promise<StoredObject> {
    try {
      return await this.#inTurn(async () => {
        const folder = await this.#bucketFolder(bucket);
        checkKeyLength(key);
        if (options.onlyIfAbsent && (await findFile(folder, key)) !== undefined) {
          throw new S3Error('PreconditionFailed', { Condition: 'If-None-Match' });
        }
        const stats = await stat(staged.path, { bigint: true });
        const record: ObjectRecord = {
          key,
          file: fileState(stats),
          etag: options.etag ?? staged.md5,
          contentType: options.contentType ?? DEFAULT_CONTENT_TYPE,
          headers: options.headers ?? {},
        };
        // The record first: a crash after it leaves the old object, whose file it does not match.
        await this.#records.write(bucket, record);
        await placeFile(staged.path, folder, key);
        return storedObject(record, stats);
      });
    } finally {
      await this.#staging.discard(staged);
    }
  }

  async discard(staged: StagedFile): Promise<void> {
    await this.#staging.discard(staged);
  }

  async head(bucket: string, key: string): Promise<StoredObject | undefined> {
    const opened = await this.open(bucket, key);
    await opened?.close();
    return opened?.object;
  }

  async open(bucket: string, key: string): Promise<OpenObject | undefined> {
    const folder = await this.#bucketFolder(bucket);
    const found = await this.#inTurn(() => this.#find(bucket, folder, key));
    if (found === undefined) return undefined;
    const { handle, stats } = found;
    try {
      const record = found.record ?? (await this.#makeRecord(bucket, key, handle, stats));
      return {
        object: storedObject(record, stats),
        read: (range) => handle.createReadStream({ start: 0, ...range, autoClose: false }),
        close: () => handle.close(),
      };
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /** The bytes of an object. The stream fails with NoSuchBucket or NoSuchKey if it is not there. */
  read(bucket: string, key: string, range?: ByteRange): Readable {
    return Readable.from(this.#chunks(bucket, key, range), { objectMode: false });
  }

  /** Sorted by the UTF-8 bytes of the key. */
  async list(bucket: string, prefix: string): Promise<StoredObject[]> {
    const objects: StoredObject[] = [];
    for (const key of await this.keys(bucket, prefix)) {
      const object = await this.head(bucket, key);
      if (object !== undefined) objects.push(object);
    }
    return objects;
  }

  /** The keys that begin with the prefix, sorted by their UTF-8 bytes. */
  async keys(bucket: string, prefix: string): Promise<string[]> {
    const folder = await this.#bucketFolder(bucket);
    const keys = new Map<string, Buffer>();
    for await (const key of keysIn(folder, prefix)) keys.set(key, Buffer.from(key));
    return [...keys].sort(([, a], [, b]) => Buffer.compare(a, b)).map(([key]) => key);
  }

  /** It is no error if there is none. */
  async delete(bucket: string, key: string): Promise<void> {
    await this.#inTurn(async () => {
      const folder = await this.#bucketFolder(bucket);
      await removeFiles(folder, pathsOfKey(key));
      await this.#records.remove(bucket, key);
    });
  }

  async *#chunks(bucket: string, key: string, range: ByteRange | undefined): AsyncGenerator<Buffer> {
    const opened = await this.open(bucket, key);
    if (opened === undefined) throw new S3Error('NoSuchKey', { Key: key });
    try {
      yield* opened.read(range);
    } finally {
      await opened.close();
    }
  }

  async #find(bucket: string, folder: string, key: string) {
    const handle = await openFile(folder, key);
    if (handle === undefined) return undefined;
    const stats = await handle.stat({ bigint: true });
    return { handle, stats, record: await this.#records.read(bucket, key, fileState(stats)) };
  }

  /** For a file that a person has put there or changed. */
  async #makeRecord(bucket: string, key: string, handle: FileHandle, stats: BigIntStats): Promise<ObjectRecord> {
    const record: ObjectRecord = {
      key,
      file: fileState(stats),
      etag: await md5Of(handle),
      contentType: DEFAULT_CONTENT_TYPE,
      headers: {},
    };
    await this.#inTurn(async () => {
      const path = await findFile(join(this.#folder, bucket), key);
      const now = path === undefined ? undefined : await stat(path, { bigint: true });
      if (now?.mtimeNs === stats.mtimeNs && now.size === stats.size) await this.#records.write(bucket, record);
    });
    return record;
  }

  async #bucketFolder(bucket: string): Promise<string> {
    if (!(await this.hasBucket(bucket))) throw new S3Error('NoSuchBucket', { BucketName: bucket });
    return join(this.#folder, bucket);
  }

  /** Changes are short and come one after the other, so that none sees another half done. */
  async #inTurn<T>(change: () => Promise<T>): Promise<T> {
    const turn = this.#lastChange.then(change);
    this.#lastChange = turn.catch(() => undefined);
    return turn;
  }
}

function checkKeyLength(key: string): void {
  const size = Buffer.byteLength(key);
  if (size > LONGEST_KEY)
    throw new S3Error('KeyTooLongError', { Size: String(size), MaxSizeAllowed: String(LONGEST_KEY) });
  if (size === 0) throw new S3Error('InvalidArgument', {}, 'An object key has at least one character.');
}

function storedObject(record: ObjectRecord, stats: BigIntStats): StoredObject {
  return {
    key: record.key,
    size: Number(stats.size),
    etag: record.etag,
    lastModified: new Date(Number(stats.mtimeNs / 1_000_000n)),
    contentType: record.contentType,
    headers: record.headers,
  };
}
