import { S3Client } from '@aws-sdk/client-s3';
import { awsClientSettings } from './aws-client.ts';

/** S3 answers a copy when it is done, which takes it minutes for the 5 GiB that one call may copy; in milliseconds. */
const REQUEST_TIMEOUT_MS = 15 * 60_000;

/** An S3 client, in the SDK's default region when none is given. Unlike a create, everything that Nightscore does at S3 may be repeated, so the SDK may retry it. */
export function createS3Client(region?: string): S3Client {
  // Servers at an endpoint of one's own seldom have a host name for each bucket.
  const forcePathStyle = Boolean(process.env.AWS_ENDPOINT_URL_S3 ?? process.env.AWS_ENDPOINT_URL);
  return new S3Client({ ...awsClientSettings(region, REQUEST_TIMEOUT_MS), maxAttempts: 3, forcePathStyle });
}
