import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { ObjectStore } from '../s3/object-store.ts';
import type { StagedResult } from './simulated-job.ts';

const CHUNK_CHARACTERS = 65_536;

export interface ResultLocation {
  bucket: string;
  key: string;
  contentType: string;
  gzip?: boolean;
}

/** Holds the result files of one job until the clock says that the job ends; only then do they become objects. */
export class ResultStage {
  readonly #folder: string;
  readonly #signal: AbortSignal;
  readonly #isShort: boolean;
  readonly #results: StagedResult[] = [];

  private constructor(folder: string, signal: AbortSignal, isShort: boolean) {
    this.#folder = folder;
    this.#signal = signal;
    this.#isShort = isShort;
  }

  /**
   * @param folder is emptied: what an earlier, unfinished scoring left there is of no use
   * @param isShort leave out the last line of every file of records, as a fault
   */
  static async open(folder: string, signal: AbortSignal, isShort = false): Promise<ResultStage> {
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    return new ResultStage(folder, signal, isShort);
  }

  get results(): StagedResult[] {
    return this.#results;
  }

  /** Writes one result file as its text comes. Rejects when the job was stopped meanwhile. */
  async add(
    { bucket, key, contentType, gzip = false }: ResultLocation,
    text: Iterable<string> | AsyncIterable<string>,
  ) {
    const file = `result-${this.#results.length}`;
    this.#results.push({ bucket, key, contentType, file });
    const isOfRecords = !key.endsWith('.manifest');
    const source = Readable.from(inChunks(this.#isShort && isOfRecords ? withoutLastLine(text) : text));
    const target = createWriteStream(join(this.#folder, file));
    const options = { signal: this.#signal };
    await (gzip ? pipeline(source, createGzip(), target, options) : pipeline(source, target, options));
  }
}

async function* withoutLastLine(pieces: Iterable<string> | AsyncIterable<string>): AsyncGenerator<string> {
  let held = '';
  for await (const piece of pieces) {
    const text = held + piece;
    const end = text.lastIndexOf('\n', text.length - 2) + 1;
    yield text.slice(0, end);
    held = text.slice(end);
  }
}

/** Joins small pieces: a write, and still more a compression, of every single line would take very long. */
async function* inChunks(pieces: Iterable<string> | AsyncIterable<string>): AsyncGenerator<string> {
  let chunk = '';
  for await (const piece of pieces) {
    chunk += piece;
    if (chunk.length >= CHUNK_CHARACTERS) {
      yield chunk;
      chunk = '';
    }
  }
  if (chunk !== '') yield chunk;
}

/** Makes staged results objects in S3. Doing so twice is harmless: the objects are the same. */
export async function publishResults(
  folder: string,
  results: readonly StagedResult[],
  store: ObjectStore,
): Promise<void> {
  for (const { bucket, key, contentType, file } of results) {
    await store.put(bucket, key, createReadStream(join(folder, file)), { contentType });
  }
}
