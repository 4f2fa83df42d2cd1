import type { MachineLearningClient } from '@aws-sdk/client-machine-learning';
import type { S3Client } from '@aws-sdk/client-s3';
import type { Precondition } from '../precondition.ts';
import type { BatchPredictionRequest } from './request.ts';

export interface Clients {
  client: MachineLearningClient;
  s3: S3Client;
  region: string;
}

export function preconditions(_clients: Clients, _request: BatchPredictionRequest): Precondition[] {
  return [];
}
