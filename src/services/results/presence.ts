import type { S3Client } from '@aws-sdk/client-s3';
import { parseS3Uri } from '../../pipeline/s3-uri.ts';
import type { ResultLocation } from '../service.ts';
import { listKeys } from './objects.ts';

/** Whether there is a result file of a job where its service writes them. Throws a ServiceError where S3 does not tell. */
export async function hasResults(s3: S3Client, { prefix, pattern }: ResultLocation): Promise<boolean> {
  const location = parseS3Uri(prefix);
  if (!location) return false;
  for await (const key of listKeys(s3, location)) if (pattern.test(key.slice(location.key.length))) return true;
  return false;
}
