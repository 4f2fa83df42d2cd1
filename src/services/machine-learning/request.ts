import { z } from 'zod';
import { isPossibleS3Uri } from '../../pipeline/s3-uri.ts';

/** EntityId of the API: https://docs.aws.amazon.com/machine-learning/latest/APIReference/API_CreateBatchPrediction.html */
const entityId = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[a-zA-Z0-9_.-]+$/, 'may hold letters, digits, hyphens, underscores and dots only');

/** EntityName of the API. */
const entityName = z
  .string()
  .max(1024)
  .regex(/^(.*\S.*|)$/, 'must hold more than blanks');

const outputUri = z
  .string()
  .max(2048)
  .regex(/^s3:\/\/[^/]+\/.*$/, 'must be an S3 URI such as s3://bucket/folder/')
  .refine(isPossibleS3Uri, 'names a bucket that S3 does not allow')
  .refine((uri) => uri.endsWith('/'), 'must end with a slash: Amazon Machine Learning writes its results under it')
  .refine(
    (uri) => !/:|\/\/|\/\.\.?\//.test(uri.slice('s3://'.length)),
    'must not hold ":", "//", "/./" or "/../" in the key: Amazon Machine Learning refuses them',
  );

/** CreateBatchPrediction's input less the BatchPredictionId. */
export const batchPredictionRequest = z.strictObject({
  MLModelId: entityId.describe('The model that scores the records'),
  BatchPredictionDataSourceId: entityId.describe('The data source that points to the records'),
  OutputUri: outputUri.describe('The S3 folder under which the results are written'),
  BatchPredictionName: z.exactOptional(entityName).describe('A name for people'),
});

export type BatchPredictionRequest = z.infer<typeof batchPredictionRequest>;
