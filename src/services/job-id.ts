import { createHash } from 'node:crypto';
import type { JobIdentity } from '../pipeline/job.ts';

/** 16 hexadecimal digits are 64 bits: among a hundred million jobs two alike are less likely than one in a thousand. */
const HASH_LENGTH = 16;

/**
 * The id of a job: a readable prefix and a hash of its identity. It depends on nothing that changes when Temporal retries
 * or resets, so whoever starts the job again finds the one that exists. Made of lower-case letters, digits and hyphens,
 * which every service accepts.
 */
export function makeJobId(identity: JobIdentity, maxLength: number): string {
  const { namespace, runKey, step, fanOutKey, attempt } = identity;
  const fanOut = fanOutKey === undefined ? [] : [fanOutKey];
  const hash = createHash('sha256')
    .update(JSON.stringify([namespace, runKey, step, ...fanOut, attempt]))
    .digest('hex')
    .slice(0, HASH_LENGTH);
  const readable = [runKey, step, ...fanOut, attempt]
    .join('-')
    .toLowerCase()
    .replace(/[^0-9a-z]+/g, '-');
  const prefix = readable.slice(0, maxLength - HASH_LENGTH - 1).replace(/^-|-$/g, '');
  return prefix === '' ? hash : `${prefix}-${hash}`;
}
