import { z } from 'zod';
import { integer, optional, text } from '../shapes.ts';

// Shapes of the service model machinelearning-2014-12-12.
const entityId = text({ min: 1, max: 64, pattern: '[a-zA-Z0-9_.-]+' });
const entityName = text({ max: 1024, pattern: '.*\\S.*|^$' });
const s3Url = text({ max: 2048, pattern: 's3://([^/]+)(/.*)?' });
const comparatorValue = text({ max: 1024, pattern: '.*\\S.*|^$' });

export const createBatchPredictionInput = z.object({
  BatchPredictionId: entityId,
  BatchPredictionName: optional(entityName),
  MLModelId: entityId,
  BatchPredictionDataSourceId: entityId,
  OutputUri: s3Url,
});

export type CreateBatchPrediction = z.infer<typeof createBatchPredictionInput>;

export const batchPredictionIdInput = z.object({ BatchPredictionId: entityId });

export const updateBatchPredictionInput = z.object({ BatchPredictionId: entityId, BatchPredictionName: entityName });

export const getModelInput = z.object({ MLModelId: entityId, Verbose: optional(z.boolean()) });

export const getDataSourceInput = z.object({ DataSourceId: entityId, Verbose: optional(z.boolean()) });

/** The input of a Describe operation, which differ in the variables that they can filter by. */
export function describeInput<Variable extends string>(variables: readonly [Variable, ...Variable[]]) {
  return z.object({
    FilterVariable: optional(z.enum(variables)),
    EQ: optional(comparatorValue),
    GT: optional(comparatorValue),
    LT: optional(comparatorValue),
    GE: optional(comparatorValue),
    LE: optional(comparatorValue),
    NE: optional(comparatorValue),
    Prefix: optional(comparatorValue),
    SortOrder: optional(z.enum(['asc', 'dsc'])),
    NextToken: optional(text()),
    Limit: optional(integer({ min: 1, max: 100 })),
  });
}

/** The members that all Describe operations share. */
export type DescribeQuery = Omit<z.infer<ReturnType<typeof describeInput>>, 'FilterVariable'>;
