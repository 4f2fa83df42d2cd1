import { S3Error } from './s3-error.ts';

const LONGEST_LINE = 16 * 1024;

/**
 * Takes the content encoding `aws-chunked` off a body: `<size in hex>[;chunk-signature=…]\r\n<bytes>\r\n` … `0\r\n`,
 * then trailers. Signatures of chunks are not checked.
 *
 * @param trailers are filled when the body has ended, by lower-case name
 */
export async function* decodeAwsChunked(
  source: AsyncIterable<Buffer>,
  trailers: Map<string, string>,
): AsyncGenerator<Buffer> {
  const reader = new LineReader(source);
  for (let size = chunkSize(await reader.line()); size > 0; size = chunkSize(await reader.line())) {
    yield* reader.bytes(size);
    if ((await reader.line()) !== '') throw malformed('a chunk is longer than its size');
  }
  for (let line = await reader.line(); line !== undefined && line !== ''; line = await reader.line()) {
    const [, name = '', value = ''] = /^([^:]+):(.*)$/.exec(line) ?? [];
    trailers.set(name.trim().toLowerCase(), value.trim());
  }
}

function chunkSize(line: string | undefined): number {
  if (line === undefined) throw new S3Error('IncompleteBody');
  const [, hex] = /^([0-9a-fA-F]{1,12})(?:;.*)?$/.exec(line) ?? [];
  if (hex === undefined) throw malformed(`"${line.slice(0, 40)}" is not the size of a chunk`);
  return Number.parseInt(hex, 16);
}

function malformed(what: string): S3Error {
  return new S3Error('InvalidRequest', {}, `The body is not aws-chunked as its headers say: ${what}.`);
}

/** Reads lines and counted bytes from a stream of chunks cut anywhere. */
class LineReader {
  readonly #source: AsyncIterator<Buffer>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(source: AsyncIterable<Buffer>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** Without its end; undefined at the end of the source. */
  async line(): Promise<string | undefined> {
    let end = this.#rest.indexOf('\n');
    while (end < 0) {
      if (this.#rest.length > LONGEST_LINE) throw malformed('a line is too long');
      if (!(await this.#more())) return undefined;
      end = this.#rest.indexOf('\n');
    }
    const line = this.#rest.toString('latin1', 0, end).replace(/\r$/, '');
    this.#rest = this.#rest.subarray(end + 1);
    return line;
  }

  async *bytes(count: number): AsyncGenerator<Buffer> {
    for (let left = count; left > 0;) {
      if (this.#rest.length === 0 && !(await this.#more())) throw new S3Error('IncompleteBody');
      const taken = this.#rest.subarray(0, left);
      this.#rest = this.#rest.subarray(taken.length);
      left -= taken.length;
      yield taken;
    }
  }

  async #more(): Promise<boolean> {
    const next = await this.#source.next();
    if (next.done) return false;
    this.#rest = this.#rest.length === 0 ? next.value : Buffer.concat([this.#rest, next.value]);
    return true;
  }
}
