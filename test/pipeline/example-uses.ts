import { z } from 'zod';
import type { UsesCatalog } from '../../src/pipeline/uses-catalog.ts';

const s3Uri = z.string().regex(/^s3:\/\/[^/]+\/.*$/, 'must be an S3 URI such as s3://bucket/folder/');

/** A small catalog in the likeness of the real one, which `services/` and `follow-ups/` make. */
export const EXAMPLE_USES: UsesCatalog = {
  'machine-learning/batch-prediction': {
    kind: 'job',
    with: z.strictObject({
      MLModelId: z.string().min(1).max(64).describe('The model that scores the records'),
      BatchPredictionDataSourceId: z
        .string()
        .max(64)
        .regex(/^[a-zA-Z0-9_.-]+$/, 'may hold letters, digits, hyphens, underscores and dots only'),
      OutputUri: s3Uri.describe('The S3 folder under which the results are written'),
      BatchPredictionName: z.exactOptional(z.string()),
    }),
    outputs: {},
    counts: { total: true, invalid: true },
  },
  'fraud-detector/batch-prediction': {
    kind: 'job',
    with: z.strictObject({ inputPath: s3Uri, outputPath: s3Uri, detectorName: z.string() }),
    outputs: {},
    counts: { total: true, invalid: false },
  },
  'personalize/batch-inference': {
    kind: 'job',
    with: z.strictObject({
      solutionVersionArn: z.string(),
      numResults: z.exactOptional(z.int().min(1).max(500)),
      batchInferenceJobMode: z.exactOptional(z.enum(['BATCH_INFERENCE', 'THEME_GENERATION'])),
      jobInput: z.strictObject({ s3DataSource: z.strictObject({ path: s3Uri }) }),
      tags: z.exactOptional(z.array(z.strictObject({ tagKey: z.string(), tagValue: z.string() }))),
    }),
    outputs: {},
    counts: { total: false, invalid: false },
  },
  's3/copy': {
    kind: 'follow-up',
    with: z.strictObject({ from: s3Uri, to: s3Uri }).refine(({ from, to }) => from.endsWith('/') === to.endsWith('/'), {
      message: 'must end with a slash if and only if `from` does',
      path: ['to'],
    }),
    outputs: { to: 'string', copied: 'int' },
  },
  'sns/publish': {
    kind: 'follow-up',
    with: z.strictObject({ TopicArn: z.string(), Message: z.string(), Subject: z.exactOptional(z.string()) }),
    outputs: {},
  },
};
