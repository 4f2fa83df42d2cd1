import { z } from 'zod';
import { isPossibleS3Uri } from '../../pipeline/s3-uri.ts';
import { tagText } from '../tag-text.ts';

// Constraints of https://docs.aws.amazon.com/personalize/latest/dg/API_CreateBatchInferenceJob.html and API_CreateBatchSegmentJob.html

const arn = z
  .string()
  .max(256)
  .regex(/^arn:([a-z\d-]+):personalize:.*:.*:.+$/, 'must be the ARN of a Personalize resource');

const s3Location = z.strictObject({
  path: z
    .string()
    .max(256)
    .regex(/^(s3|http|https):\/\/.+$/, 'must be an S3 URI such as s3://bucket/folder/')
    .refine(isPossibleS3Uri, 'names a bucket that S3 does not allow'),
  kmsKeyArn: z.exactOptional(
    z
      .string()
      .max(2048)
      .regex(/^arn:aws.*:kms:.*:[0-9]{12}:key\/.*$/, 'must be the ARN of a KMS key'),
  ),
});

const tag = z.strictObject({ tagKey: tagText.min(1).max(128), tagValue: tagText.max(256) });

const itemName = z
  .string()
  .max(150)
  .regex(/^[A-Za-z_][A-Za-z\d_]*$/, 'must be the name of a field: letters, digits and underscores, no digit first');

/** What both kinds of job take. */
const jobRequest = {
  solutionVersionArn: arn.describe('The solution version that answers'),
  filterArn: z.exactOptional(arn),
  numResults: z.exactOptional(z.int32().min(1)).describe('Results for each input line'),
  jobInput: z.strictObject({ s3DataSource: s3Location }).describe('The JSON lines to answer, a file or a folder'),
  jobOutput: z.strictObject({ s3DataDestination: s3Location }).describe('The S3 folder of the results'),
  roleArn: z
    .string()
    .max(256)
    .regex(/^arn:([a-z\d-]+):iam::\d{12}:role\/?[a-zA-Z_0-9+=,.@\-_/]+$/, 'must be the ARN of an IAM role')
    .describe('The role by which Personalize reads the input and writes the results'),
  tags: z.exactOptional(z.array(tag).max(200)),
};

/** CreateBatchInferenceJob's input less the jobName. */
export const batchInferenceRequest = z.strictObject({
  ...jobRequest,
  batchInferenceJobConfig: z.exactOptional(
    z.strictObject({
      itemExplorationConfig: z.exactOptional(
        z
          .record(z.string().max(256), z.string().max(1000))
          .refine((config) => Object.keys(config).length <= 100, 'may hold at most 100 entries'),
      ),
      rankingInfluence: z.exactOptional(z.partialRecord(z.enum(['POPULARITY', 'FRESHNESS']), z.number().min(0).max(1))),
    }),
  ),
  batchInferenceJobMode: z.exactOptional(z.enum(['BATCH_INFERENCE', 'THEME_GENERATION'])),
  themeGenerationConfig: z.exactOptional(z.strictObject({ fieldsForThemeGeneration: z.strictObject({ itemName }) })),
});

/** CreateBatchSegmentJob's input less the jobName. */
export const batchSegmentRequest = z.strictObject({
  ...jobRequest,
  numResults: z.exactOptional(z.int().min(1).max(5_000_000)).describe('Users for each input line'),
});

export type BatchInferenceRequest = z.infer<typeof batchInferenceRequest>;
export type BatchSegmentRequest = z.infer<typeof batchSegmentRequest>;
