import { DescribeSolutionVersionCommand, type PersonalizeClient } from '@aws-sdk/client-personalize';
import type { S3Client } from '@aws-sdk/client-s3';
import { callAws, unreadable } from '../errors.ts';
import { shortMessage } from '../observation.ts';
import { errorFinding, ifFound, type Precondition } from '../precondition.ts';
import { bucketIsReachable, prefixHasObjects } from '../s3-preconditions.ts';
import type { BatchSegmentRequest } from './request.ts';

export interface Clients {
  client: PersonalizeClient;
  s3: S3Client;
  region: string;
}

/** What a person can do about a solution version, by its status; one that no document names is left for the service to judge. */
const REMEDIES: Readonly<Record<string, string>> = {
  'CREATE PENDING': 'Wait until it is ACTIVE',
  'CREATE IN_PROGRESS': 'Wait until it is ACTIVE',
  'CREATE FAILED': 'Train another',
  'CREATE STOPPING': 'Train another',
  'CREATE STOPPED': 'Train another',
};

export function preconditions({ client, s3, region }: Clients, request: BatchSegmentRequest): Precondition[] {
  const input = request.jobInput.s3DataSource.path;
  const output = request.jobOutput.s3DataDestination.path;
  return [
    solutionVersionIsActive(client, region, request.solutionVersionArn),
    // The API takes http and https too, without a word of what they mean.
    ...(isS3(input) ? [prefixHasObjects({ s3, region, uri: input, member: 'jobInput.s3DataSource.path' })] : []),
    ...(isS3(output)
      ? [bucketIsReachable({ s3, region, uri: output, member: 'jobOutput.s3DataDestination.path' })]
      : []),
  ];
}

function isS3(path: string): boolean {
  return path.startsWith('s3://');
}

function solutionVersionIsActive(client: PersonalizeClient, region: string, arn: string): Precondition {
  return {
    subject: `the solution version ${arn}`,
    async check() {
      const command = new DescribeSolutionVersionCommand({ solutionVersionArn: arn });
      const answer = await ifFound(callAws('DescribeSolutionVersion', () => client.send(command)));
      if (answer === undefined) {
        return errorFinding(
          `There is no solution version ${arn} in ${region}. Name one that exists in solutionVersionArn.`,
        );
      }
      const { status, failureReason } = answer.solutionVersion ?? {};
      if (status === undefined) throw unreadable('DescribeSolutionVersion', 'the answer holds no status');
      const remedy = Object.hasOwn(REMEDIES, status) ? REMEDIES[status] : undefined;
      if (remedy === undefined) return undefined;
      const reason = shortMessage(failureReason);
      return errorFinding(
        `The solution version ${arn} is ${status}${reason ? ` (${reason})` : ''}. ${remedy}, or name one that is ACTIVE in solutionVersionArn.`,
      );
    },
  };
}
