import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { z } from 'zod';
import { decodeAwsChunked } from './aws-chunked.ts';
import {
  checksumHeaders,
  expectedChecksum,
  expectedMd5,
  expectedSha256,
  isChecksumHeader,
  verified,
} from './checksums.ts';
import type { ExpectedDigest } from './checksums.ts';
import { headerOf } from './s3-call.ts';
import type { S3Call } from './s3-call.ts';
import { S3Error } from './s3-error.ts';
import { fromXml } from './s3-xml.ts';

/** S3 user guide, "Uploading objects": 5 GB with a single PUT operation, which is measured in GiB. */
const LARGEST_BODY = 5 * 1024 ** 3;
/** A list of 10,000 parts, or of 1,000 keys, with room to spare. */
const LARGEST_XML = 8 * 1024 ** 2;

export interface RequestBody {
  /** The bytes that the client means. Fails at its end if they are not those that the client sent. */
  stream: Readable;
  /** By header name. Complete when the stream has ended. */
  checksums: () => Record<string, string>;
}

/** The body of a request without its transfer encodings, checked against whatever digests the client sent. */
export function bodyOf(call: S3Call): RequestBody {
  const trailers = new Map<string, string>();
  const checksums = checksumsOf(call, trailers);
  const bytes = bytesOf(call, LARGEST_BODY, trailers);
  const stream = Readable.from(verified(bytes, [...bodyDigestsOf(call), ...checksums]), { objectMode: false });
  return { stream, checksums: () => checksumHeaders(checksums) };
}

/** The XML document of a request. @param checksums that it must have */
export async function xmlBodyOf<T>(call: S3Call, schema: z.ZodType<T>, checksums = checksumsOf(call)): Promise<T> {
  const bytes = bytesOf(call, LARGEST_XML, new Map());
  const stream = Readable.from(verified(bytes, [...bodyDigestsOf(call), ...checksums]), { objectMode: false });
  return fromXml(await text(stream), schema);
}

/** The flexible checksums of a request, from headers and, when its body has ended, a trailer. */
export function checksumsOf(call: S3Call, trailers: ReadonlyMap<string, string> = new Map()): ExpectedDigest[] {
  const trailer = headerOf(call, 'x-amz-trailer')?.toLowerCase();
  const names = Object.keys(call.request.headers).filter(isChecksumHeader);
  return [
    ...names.map((name) => expectedChecksum(name, () => headerOf(call, name))),
    ...(trailer === undefined ? [] : [expectedChecksum(trailer, () => trailers.get(trailer))]),
  ];
}

function bodyDigestsOf(call: S3Call): ExpectedDigest[] {
  const md5 = headerOf(call, 'content-md5');
  const sha256 = headerOf(call, 'x-amz-content-sha256') ?? '';
  return [
    ...(md5 === undefined ? [] : [expectedMd5(md5)]),
    ...(/^[0-9a-f]{64}$/.test(sha256) ? [expectedSha256(sha256)] : []),
  ];
}

function bytesOf(call: S3Call, largest: number, trailers: Map<string, string>): AsyncGenerator<Buffer> {
  const length = Number(headerOf(call, 'x-amz-decoded-content-length') ?? headerOf(call, 'content-length'));
  if (Number.isNaN(length)) throw new S3Error('MissingContentLength');
  if (length > largest) throw new S3Error('EntityTooLarge', { MaxSizeAllowed: String(largest) });
  const isChunked = headerOf(call, 'x-amz-content-sha256')?.startsWith('STREAMING-') ?? false;
  // Left alive when we stop reading, so that it can still be answered.
  const received = call.request.iterator({ destroyOnReturn: false });
  return ofLength(isChunked ? decodeAwsChunked(received, trailers) : received, length);
}

async function* ofLength(source: AsyncIterable<Buffer>, length: number): AsyncGenerator<Buffer> {
  let size = 0;
  for await (const bytes of source) {
    size += bytes.length;
    if (size > length) break;
    yield bytes;
  }
  if (size !== length) throw new S3Error('IncompleteBody');
}
