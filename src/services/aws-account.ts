import { createS3Client } from './s3-client.ts';

/** AWS cannot be called as things stand; the message says what was tried and what to set. */
export class AwsSettingsError extends Error {
  override readonly name = 'AwsSettingsError';
}

/** The order in which the SDK looks: https://docs.aws.amazon.com/sdk-for-javascript/v3/developer-guide/setting-credentials-node.html */
const CREDENTIAL_SOURCES = [
  'the variables AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY',
  'IAM Identity Center (SSO), a web identity token, a credential process or keys in the profile of the shared AWS files (AWS_PROFILE)',
  'a web identity token file (AWS_WEB_IDENTITY_TOKEN_FILE)',
  'the container credentials endpoint (ECS, EKS)',
  'the instance metadata service (EC2)',
];

/** The region and, as a proof that they can be had, the credentials of the SDK's default chain. Throws an AwsSettingsError. */
export async function resolveRegion(): Promise<string> {
  const client = createS3Client();
  const region = await client.config.region().catch(() => {
    throw new AwsSettingsError(
      'No AWS region is set. Set AWS_REGION, for example AWS_REGION=eu-west-1, or a region in the profile that AWS_PROFILE names.',
    );
  });
  await client.config.credentials().catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    const tried = CREDENTIAL_SOURCES.map((source) => `  - ${source}`).join('\n');
    throw new AwsSettingsError(`No AWS credentials were found (${reason}). Tried, in this order:\n${tried}`);
  });
  return region;
}
