import { fraudDetectorBatchPrediction } from './fraud-detector/batch-prediction.ts';
import { machineLearningBatchPrediction } from './machine-learning/batch-prediction.ts';
import { personalizeBatchInference } from './personalize/batch-inference.ts';
import { personalizeBatchSegment } from './personalize/batch-segment.ts';
import type { BatchService } from './service.ts';

/** Every service that a step can use, by the name that its `uses` says. */
export const CATALOG: ReadonlyMap<string, BatchService> = new Map(
  [
    machineLearningBatchPrediction,
    fraudDetectorBatchPrediction,
    personalizeBatchInference,
    personalizeBatchSegment,
  ].map((service) => [service.name, service as BatchService]),
);
