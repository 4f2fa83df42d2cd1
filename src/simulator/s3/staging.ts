import { createHash, randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** Bytes received and not yet an object. */
export interface StagedFile {
  path: string;
  /** In bytes. */
  size: number;
  /** Of the bytes, in hexadecimal. */
  md5: string;
}

/** Receives bodies into a folder, so that an object appears whole or not at all. */
export class Staging {
  readonly #folder: string;
  #ready: Promise<unknown> | undefined;

  /** @param folder on the file system of what is staged, so that a rename can take it there; its contents are ours. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Writes the body to a file of its own. Fails as the body fails, and then keeps nothing. */
  async receive(body: Readable | Buffer | string): Promise<StagedFile> {
    this.#ready ??= this.#clear();
    await this.#ready;
    const path = join(this.#folder, randomUUID());
    const md5 = createHash('md5');
    let size = 0;
    const measure = async function* (chunks: AsyncIterable<Buffer | string>) {
      for await (const chunk of chunks) {
        const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
        md5.update(bytes);
        size += bytes.length;
        yield bytes;
      }
    };
    try {
      const source = body instanceof Readable ? body : Readable.from([body]);
      await pipeline(source, measure, createWriteStream(path));
    } catch (error) {
      await rm(path, { force: true });
      throw error;
    }
    return { path, size, md5: md5.digest('hex') };
  }

  async discard(staged: StagedFile): Promise<void> {
    await rm(staged.path, { force: true });
  }

  /** What lies there is of a process that ended before its time. */
  async #clear(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
    await mkdir(this.#folder, { recursive: true });
  }
}
