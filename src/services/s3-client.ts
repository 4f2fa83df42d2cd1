import { S3Client } from '@aws-sdk/client-s3';
import { awsClientSettings } from './aws-client.ts';

/** An S3 client, in the SDK's default region when none is given. Unlike a create, everything that Nightscore does at S3 may be repeated, so the SDK may retry it. */
export function createS3Client(region?: string): S3Client {
  // Servers at an endpoint of one's own seldom have a host name for each bucket.
  const forcePathStyle = Boolean(process.env.AWS_ENDPOINT_URL_S3 ?? process.env.AWS_ENDPOINT_URL);
  return new S3Client({ ...awsClientSettings(region), maxAttempts: 3, forcePathStyle });
}
