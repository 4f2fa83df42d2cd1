import { createHash } from 'node:crypto';
import { Crc32, Crc32c, Crc64Nvme } from '@aws-sdk/checksums/crc';
import { S3Error } from './s3-error.ts';
import type { S3ErrorCode } from './s3-error.ts';

interface Checksum {
  update(bytes: Uint8Array): void;
  digest(): Promise<Uint8Array>;
}

const hash = (algorithm: string) => (): Checksum => {
  const running = createHash(algorithm);
  return { update: (bytes) => void running.update(bytes), digest: async () => running.digest() };
};

/** S3 user guide, "Checking object integrity": header (or trailer) and what computes it. */
const ALGORITHMS: Readonly<Record<string, () => Checksum>> = {
  'x-amz-checksum-crc32': () => new Crc32(),
  'x-amz-checksum-crc32c': () => new Crc32c(),
  'x-amz-checksum-crc64nvme': () => new Crc64Nvme(),
  'x-amz-checksum-sha1': hash('sha1'),
  'x-amz-checksum-sha256': hash('sha256'),
};

/** Headers of the family that carry no checksum. */
const ABOUT_CHECKSUMS = new Set(['x-amz-checksum-type', 'x-amz-checksum-algorithm', 'x-amz-checksum-mode']);

export function isChecksumHeader(name: string): boolean {
  if (!name.startsWith('x-amz-checksum-') || ABOUT_CHECKSUMS.has(name)) return false;
  if (name in ALGORITHMS) return true;
  throw new S3Error('NotImplemented', { Header: name }, `The simulator does not implement the checksum ${name}.`);
}

/** A digest that the body must have. */
export interface ExpectedDigest {
  /** What the client calls it, for the message. */
  name: string;
  checksum: Checksum;
  /** Known at the latest when the body has ended. */
  value: () => string | undefined;
  encoding: 'base64' | 'hex';
  mismatch: S3ErrorCode;
}

/** @param name of the header or trailer, lower case */
export function expectedChecksum(name: string, value: () => string | undefined): ExpectedDigest {
  const create = isChecksumHeader(name) ? ALGORITHMS[name] : undefined;
  if (create === undefined) throw new S3Error('InvalidRequest', {}, `The trailer ${name} is not a checksum.`);
  return { name, checksum: create(), value, encoding: 'base64', mismatch: 'BadDigest' };
}

export function expectedMd5(value: string): ExpectedDigest {
  if (Buffer.from(value, 'base64').length !== 16) throw new S3Error('InvalidDigest', { 'Content-MD5': value });
  return {
    name: 'Content-MD5',
    checksum: hash('md5')(),
    value: () => value,
    encoding: 'base64',
    mismatch: 'BadDigest',
  };
}

export function expectedSha256(value: string): ExpectedDigest {
  const mismatch = 'XAmzContentSHA256Mismatch';
  return { name: 'x-amz-content-sha256', checksum: hash('sha256')(), value: () => value, encoding: 'hex', mismatch };
}

/** The checksums as headers: their values by name. */
export function checksumHeaders(checksums: ExpectedDigest[]): Record<string, string> {
  return Object.fromEntries(checksums.map(({ name, value }) => [name, value() ?? '']));
}

/** Passes the bytes on, and fails at their end if a digest is not as expected. */
export async function* verified(source: AsyncIterable<Buffer>, expected: ExpectedDigest[]): AsyncGenerator<Buffer> {
  for await (const bytes of source) {
    for (const { checksum } of expected) checksum.update(bytes);
    yield bytes;
  }
  for (const { name, checksum, value, encoding, mismatch } of expected) {
    const computed = Buffer.from(await checksum.digest()).toString(encoding);
    const given = value();
    if (given !== computed) {
      const message = `The ${name} you specified did not match the calculated checksum.`;
      throw new S3Error(mismatch, { ExpectedDigest: given ?? '', CalculatedDigest: computed }, message);
    }
  }
}
