import { gunzipSync } from 'node:zlib';
import { GetObjectCommand, paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3';
import { parseS3Uri } from '../../pipeline/s3-uri.ts';
import { CATALOG } from '../../services/catalog.ts';
import type { JobReport } from '../../pipeline/report.ts';

export interface ResultFile {
  uri: string;
  /** What the file says, unpacked; lines as they are. */
  text: string;
}

/** The result files of a job that has succeeded, read whole: for the small files of the demo. */
export async function readResultFiles(s3: S3Client, job: JobReport): Promise<ResultFile[]> {
  const service = CATALOG.get(job.service);
  if (!service || job.outputUri === undefined) return [];
  const { prefix, pattern } = service.results({ id: job.id, outputUri: job.outputUri });
  const location = parseS3Uri(prefix);
  if (!location) throw new Error(`${prefix}, where the results of job ${job.id} should be, is not an S3 URI.`);
  const files: ResultFile[] = [];
  for await (const page of paginateListObjectsV2({ client: s3 }, { Bucket: location.bucket, Prefix: location.key })) {
    for (const { Key: key = '' } of page.Contents ?? []) {
      if (!pattern.test(key.slice(location.key.length))) continue;
      files.push({ uri: `s3://${location.bucket}/${key}`, text: await readText(s3, location.bucket, key) });
    }
  }
  return files;
}

async function readText(s3: S3Client, bucket: string, key: string): Promise<string> {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
  const bytes = await Body?.transformToByteArray();
  if (!bytes) throw new Error(`s3://${bucket}/${key} has no content.`);
  return (key.endsWith('.gz') ? gunzipSync(bytes) : Buffer.from(bytes)).toString('utf8');
}
