import { z } from 'zod';
import { integer, optional, text } from '../shapes.ts';

// Shapes of the service model personalize-2018-05-22.
const arn = text({ max: 256, pattern: 'arn:([a-z\\d-]+):personalize:.*:.*:.+' });
const s3DataConfig = z.object({
  path: text({ max: 256, pattern: '(s3|http|https)://.+' }),
  kmsKeyArn: optional(text({ max: 2048, pattern: 'arn:aws.*:kms:.*:[0-9]{12}:key/.*' })),
});
const tagPattern = '^([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*)$';
const tag = z.object({
  tagKey: text({ min: 1, max: 128, pattern: tagPattern }),
  tagValue: text({ max: 256, pattern: tagPattern }),
});
const hyperParameters = z
  .record(text({ max: 256 }), text({ max: 1000 }))
  .refine((map) => Object.keys(map).length <= 100, { error: 'Member must have length less than or equal to 100' });

const createMembers = {
  jobName: text({ min: 1, max: 63, pattern: '^[a-zA-Z0-9][a-zA-Z0-9\\-_]*' }),
  solutionVersionArn: arn,
  filterArn: optional(arn),
  numResults: optional(integer()),
  jobInput: z.object({ s3DataSource: s3DataConfig }),
  jobOutput: z.object({ s3DataDestination: s3DataConfig }),
  roleArn: text({ max: 256, pattern: 'arn:([a-z\\d-]+):iam::\\d{12}:role/?[a-zA-Z_0-9+=,.@\\-_/]+' }),
  tags: optional(z.array(tag).max(200)),
};

export const createSegmentJobInput = z.object(createMembers);

/** What both kinds of job have. */
export type CreateJob = z.infer<typeof createSegmentJobInput>;

export const createInferenceJobInput = z.object({
  ...createMembers,
  batchInferenceJobConfig: optional(
    z.object({
      itemExplorationConfig: optional(hyperParameters),
      rankingInfluence: optional(z.partialRecord(z.enum(['POPULARITY', 'FRESHNESS']), z.number().min(0).max(1))),
    }),
  ),
  batchInferenceJobMode: optional(z.enum(['BATCH_INFERENCE', 'THEME_GENERATION'])),
  themeGenerationConfig: optional(
    z.object({
      fieldsForThemeGeneration: z.object({ itemName: text({ max: 150, pattern: '[A-Za-z_][A-Za-z\\d_]*' }) }),
    }),
  ),
});

export type CreateInferenceJob = z.infer<typeof createInferenceJobInput>;

export const describeInferenceJobInput = z.object({ batchInferenceJobArn: arn });
export const describeSegmentJobInput = z.object({ batchSegmentJobArn: arn });

const page = {
  nextToken: optional(text({ max: 1500, pattern: '\\p{ASCII}{0,1500}' })),
  maxResults: optional(integer({ min: 1, max: 100 })),
};

export const listJobsInput = z.object({ solutionVersionArn: optional(arn), ...page });
export const describeSolutionVersionInput = z.object({ solutionVersionArn: arn });
export const listSolutionVersionsInput = z.object({ solutionArn: optional(arn), ...page });
