import { z } from 'zod';
import { predictionModelSchema } from '../prediction-model.ts';
import { parseS3Uri } from '../s3-uri.ts';

const STATUSES = ['PENDING', 'INPROGRESS', 'FAILED', 'COMPLETED', 'DELETED'] as const;

/** Models and data sources were made before the simulator; this is when, unless resources.yaml says. */
const LONG_AGO = '2020-01-01T00:00:00Z';

const attributeSchema = z.strictObject({
  fieldName: z.string().min(1),
  fieldType: z.enum(['NUMERIC', 'CATEGORICAL', 'BINARY', 'TEXT']),
});

/** The schema of a data source, as in Amazon ML's own `.schema` files. */
const dataSchemaSchema = z
  .strictObject({
    version: z.literal('1.0'),
    targetFieldName: z.string().optional(),
    /** Name of the attribute that identifies a record; it is written in front of the prediction. */
    rowId: z.string().optional(),
    dataFormat: z.literal('CSV'),
    dataFileContainsHeader: z.boolean().default(false),
    /** In the order of the columns. */
    attributes: z.array(attributeSchema).min(1).max(1000),
  })
  .superRefine(({ attributes, rowId, targetFieldName }, context) => {
    const names = attributes.map(({ fieldName }) => fieldName);
    for (const name of [rowId, targetFieldName]) {
      if (name !== undefined && !names.includes(name)) {
        context.addIssue({ code: 'custom', message: `${name} is not among the attributes` });
      }
    }
    if (new Set(names).size < names.length) {
      context.addIssue({ code: 'custom', message: 'two attributes have the same name' });
    }
  });

export type DataSchema = z.infer<typeof dataSchemaSchema>;

const commonMembers = {
  name: z.string().max(1024).optional(),
  status: z.enum(STATUSES).default('COMPLETED'),
  /** Why it failed. */
  message: z.string().optional(),
  createdAt: z.iso.datetime().default(LONG_AGO),
};

const modelSchema = z
  .strictObject({
    ...commonMembers,
    type: z.enum(['BINARY', 'REGRESSION', 'MULTICLASS']),
    /** Of a BINARY model: from this score on, the answer is 1. */
    scoreThreshold: z.number().min(0).max(1).default(0.5),
    trainingDataSourceId: z.string(),
    model: predictionModelSchema,
  })
  .refine(({ type, model }) => (type === 'MULTICLASS') === (model.kind === 'softmax'), {
    error: 'a MULTICLASS model is of kind softmax, the others are of kind linear',
  });

const dataSourceSchema = z.strictObject({
  ...commonMembers,
  /** An object, or all objects under a prefix that ends with a slash. */
  dataLocationS3: z.string().refine((uri) => parseS3Uri(uri) !== undefined, { error: 's3://bucket/key is wanted' }),
  schema: dataSchemaSchema,
});

const entityId = z.string().regex(/^[a-zA-Z0-9_.-]{1,64}$/, 'an id has 1 to 64 of a-z A-Z 0-9 _ . -');

/** The section `machineLearning` of resources.yaml. */
export const resourcesSchema = z.strictObject({
  models: z.record(entityId, modelSchema).default({}),
  dataSources: z.record(entityId, dataSourceSchema).default({}),
});

export type Resources = z.infer<typeof resourcesSchema>;
export type MlModel = Resources['models'][string];
export type DataSource = Resources['dataSources'][string];
