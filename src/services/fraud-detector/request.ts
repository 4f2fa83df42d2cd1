import { z } from 'zod';
import { isPossibleS3Uri } from '../../pipeline/s3-uri.ts';
import { tagText } from '../tag-text.ts';

// Constraints of https://docs.aws.amazon.com/frauddetector/latest/api/API_CreateBatchPredictionJob.html

const identifier = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[0-9a-z_-]+$/, 'may hold lower-case letters, digits, hyphens and underscores only');

const s3Path = z
  .string()
  .max(512)
  .regex(/^s3:\/\/.+$/, 'must be an S3 URI such as s3://bucket/folder')
  .refine(isPossibleS3Uri, 'names a bucket that S3 does not allow');

const iamRoleArn = z
  .string()
  .max(256)
  .regex(/^arn:aws[a-z-]{0,15}:iam::[0-9]{12}:role\/[^\s]{2,64}$/, 'must be the ARN of an IAM role');

const tag = z.strictObject({ key: tagText.min(1).max(128), value: z.string().max(256) });

/** CreateBatchPredictionJob's input less the jobId. */
export const batchPredictionRequest = z.strictObject({
  inputPath: s3Path.describe('The CSV file of events'),
  outputPath: s3Path.describe('The S3 folder under which the result file is written'),
  eventTypeName: identifier.describe('The event type of the events'),
  detectorName: identifier.describe('The detector that scores them'),
  detectorVersion: z
    .exactOptional(
      z
        .string()
        .max(5)
        .regex(/^[1-9][0-9]*$/, 'must be a whole number, as a text'),
    )
    .describe('The version of the detector; the active one when absent'),
  iamRoleArn: iamRoleArn.describe('The role by which Fraud Detector reads the events and writes the result'),
  tags: z.exactOptional(z.array(tag).max(200)),
});

export type BatchPredictionRequest = z.infer<typeof batchPredictionRequest>;
