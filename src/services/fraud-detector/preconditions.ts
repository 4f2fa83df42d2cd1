import {
  DescribeDetectorCommand,
  GetDetectorVersionCommand,
  GetEventTypesCommand,
  type FraudDetectorClient,
} from '@aws-sdk/client-frauddetector';
import type { S3Client } from '@aws-sdk/client-s3';
import { callAws, unreadable } from '../errors.ts';
import { errorFinding, ifFound, type Finding, type Precondition } from '../precondition.ts';
import { bucketIsReachable, objectIsThere } from '../s3-preconditions.ts';
import type { BatchPredictionRequest } from './request.ts';

export interface Clients {
  client: FraudDetectorClient;
  s3: S3Client;
  region: string;
}

/** Statuses of a version that does not score. One that no document names is left for the service to judge. */
const UNUSABLE: ReadonlySet<string> = new Set(['DRAFT', 'INACTIVE']);

export function preconditions(clients: Clients, request: BatchPredictionRequest): Precondition[] {
  const { s3, region } = clients;
  const { detectorName, detectorVersion, eventTypeName, inputPath, outputPath } = request;
  return [
    detectorVersion === undefined
      ? detectorHasActiveVersion(clients, detectorName)
      : detectorVersionIsActive(clients, detectorName, detectorVersion),
    eventTypeExists(clients, eventTypeName),
    objectIsThere({ s3, region, uri: inputPath, member: 'inputPath' }),
    bucketIsReachable({ s3, region, uri: outputPath, member: 'outputPath' }),
  ];
}

function detectorVersionIsActive({ client, region }: Clients, name: string, number: string): Precondition {
  return {
    subject: `version ${number} of the detector ${name} in ${region}`,
    async check() {
      const command = new GetDetectorVersionCommand({ detectorId: name, detectorVersionId: number });
      const version = await ifFound(callAws('GetDetectorVersion', () => client.send(command)));
      if (version === undefined) {
        return errorFinding(
          `There is no version ${number} of the detector ${name} in ${region}. Name what exists in detectorName and detectorVersion.`,
        );
      }
      const { status } = version;
      if (status === undefined) throw unreadable('GetDetectorVersion', 'the answer holds no status');
      if (!UNUSABLE.has(status)) return undefined;
      return errorFinding(
        `Version ${number} of the detector ${name} is ${status}. Activate it or name another in detectorVersion.`,
      );
    },
  };
}

/** Fraud Detector takes the active version when the request names none. */
function detectorHasActiveVersion(clients: Clients, name: string): Precondition {
  return {
    subject: `the detector ${name} in ${clients.region}`,
    async check() {
      const statuses = await ifFound(versionStatuses(clients, name));
      if (statuses === undefined) {
        return errorFinding(`There is no detector ${name} in ${clients.region}. Name one that exists in detectorName.`);
      }
      // A status that no document names may be as good as active.
      if (statuses.some((status) => !UNUSABLE.has(status))) return undefined;
      return errorFinding(`The detector ${name} has no active version. Activate one or name one in detectorVersion.`);
    },
  };
}

async function versionStatuses({ client }: Clients, detectorId: string): Promise<string[]> {
  const statuses: string[] = [];
  let nextToken: string | undefined;
  do {
    const command = new DescribeDetectorCommand({ detectorId, ...(nextToken !== undefined && { nextToken }) });
    const page = await callAws('DescribeDetector', () => client.send(command));
    if (page.detectorId !== detectorId) throw unreadable('DescribeDetector', `the answer is not of ${detectorId}`);
    statuses.push(...(page.detectorVersionSummaries ?? []).map(({ status = '' }) => status));
    nextToken = page.nextToken || undefined;
  } while (nextToken !== undefined);
  return statuses;
}

function eventTypeExists(clients: Clients, name: string): Precondition {
  return {
    subject: `the event type ${name} in ${clients.region}`,
    async check(): Promise<Finding | undefined> {
      if (await ifFound(hasEventType(clients, name))) return undefined;
      return errorFinding(
        `There is no event type ${name} in ${clients.region}. Name one that exists in eventTypeName.`,
      );
    },
  };
}

/** An answer without an error need not be about this event type: it is a list. */
async function hasEventType({ client }: Clients, name: string): Promise<boolean> {
  let nextToken: string | undefined;
  do {
    const command = new GetEventTypesCommand({ name, ...(nextToken !== undefined && { nextToken }) });
    const page = await callAws('GetEventTypes', () => client.send(command));
    if (!page.eventTypes) throw unreadable('GetEventTypes', 'the answer holds no list of event types');
    if (page.eventTypes.some((eventType) => eventType.name === name)) return true;
    nextToken = page.nextToken || undefined;
  } while (nextToken !== undefined);
  return false;
}
