import type { FraudDetectorClient } from '@aws-sdk/client-frauddetector';
import type { S3Client } from '@aws-sdk/client-s3';
import type { Verification } from '../../pipeline/verification.ts';
import type { ReadingOptions, SucceededJob } from '../service.ts';
import type { BatchPredictionRequest } from './request.ts';

export interface Clients {
  client: FraudDetectorClient;
  s3: S3Client;
  region: string;
}

export async function verify(
  _clients: Clients,
  _job: SucceededJob<BatchPredictionRequest>,
  _options: ReadingOptions,
): Promise<Verification> {
  return { files: 0, records: { total: 0, invalid: 0 }, problems: [] };
}
