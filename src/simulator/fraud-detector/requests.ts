import { z } from 'zod';
import { integer, optional, text } from '../shapes.ts';

// Shapes of the service model frauddetector-2019-11-15.
const identifier = text({ min: 1, max: 64, pattern: '^[0-9a-z_-]+$' });
const s3BucketLocation = text({ min: 1, max: 512, pattern: '^s3:\\/\\/(.+)$' });
const wholeNumberVersionString = text({ min: 1, max: 5, pattern: '^([1-9][0-9]*)$' });
const iamRoleArn = text({
  min: 1,
  max: 256,
  pattern: '^arn\\:aws[a-z-]{0,15}\\:iam\\:\\:[0-9]{12}\\:role\\/[^\\s]{2,64}$',
});
const tag = z.object({
  key: text({ min: 1, max: 128, pattern: '^([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*)$' }),
  value: text({ max: 256 }),
});

export const createJobInput = z.object({
  jobId: identifier,
  inputPath: s3BucketLocation,
  outputPath: s3BucketLocation,
  eventTypeName: identifier,
  detectorName: identifier,
  detectorVersion: optional(wholeNumberVersionString),
  iamRoleArn,
  tags: optional(z.array(tag).max(200)),
});

export type CreateJob = z.infer<typeof createJobInput>;

export const getJobsInput = z.object({
  jobId: optional(identifier),
  maxResults: optional(integer({ min: 1, max: 50 })),
  nextToken: optional(text()),
});

export const jobIdInput = z.object({ jobId: identifier });

const catalogPage = { nextToken: optional(text()), maxResults: optional(integer({ min: 5, max: 10 })) };

export const getDetectorsInput = z.object({ detectorId: optional(identifier), ...catalogPage });

export const describeDetectorInput = z.object({
  detectorId: identifier,
  nextToken: optional(text()),
  maxResults: optional(integer({ min: 1000, max: 2500 })),
});

export const getDetectorVersionInput = z.object({
  detectorId: identifier,
  detectorVersionId: wholeNumberVersionString,
});

export const getEventTypesInput = z.object({ name: optional(identifier), ...catalogPage });
