import type { PersonalizeClient } from '@aws-sdk/client-personalize';
import type { S3Client } from '@aws-sdk/client-s3';
import type { Precondition } from '../precondition.ts';
import type { BatchSegmentRequest } from './request.ts';

export interface Clients {
  client: PersonalizeClient;
  s3: S3Client;
  region: string;
}

export function preconditions(_clients: Clients, _request: BatchSegmentRequest): Precondition[] {
  return [];
}
