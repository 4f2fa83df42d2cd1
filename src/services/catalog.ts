import { machineLearningBatchPrediction } from './machine-learning/batch-prediction.ts';
import type { BatchService } from './service.ts';

/** Every service that a step can use, by the name that its `uses` says. */
export const CATALOG: ReadonlyMap<string, BatchService> = new Map(
  [machineLearningBatchPrediction].map((service) => [service.name, service as BatchService]),
);
