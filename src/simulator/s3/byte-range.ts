import type { ByteRange } from './object-store.ts';
import { S3Error } from './s3-error.ts';

/**
 * The bytes that a Range header asks for; undefined for all of them, as also for a header that asks for several
 * ranges or that makes no sense, which S3 passes over.
 *
 * @param size of the object, in bytes
 */
export function rangeOf(header: string | undefined, size: number): ByteRange | undefined {
  const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? [];
  if (header === undefined || first === undefined || last === undefined || first + last === '') return undefined;
  if (first !== '' && last !== '' && Number(first) > Number(last)) return undefined;
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1);
  if (start > end) throw new S3Error('InvalidRange', { RangeRequested: header, ActualObjectSize: String(size) });
  return { start, end };
}

/** The header x-amz-copy-source-range, which must be whole and lie within the object. */
export function copyRangeOf(header: string, size: number): ByteRange {
  const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(header) ?? [];
  const start = Number(first);
  const end = Number(last);
  if (!(start <= end)) {
    const message = 'The x-amz-copy-source-range value must be of the form bytes=first-last';
    throw new S3Error('InvalidArgument', { ArgumentName: 'x-amz-copy-source-range', ArgumentValue: header }, message);
  }
  if (end >= size) {
    const message = `Range specified is not valid for source object of size: ${size}`;
    throw new S3Error('InvalidArgument', { ArgumentName: 'x-amz-copy-source-range', ArgumentValue: header }, message);
  }
  return { start, end };
}
