import type { CreateBatchPredictionJobCommandInput } from '@aws-sdk/client-frauddetector';
import type { CreateBatchPredictionCommandInput } from '@aws-sdk/client-machine-learning';
import type {
  CreateBatchInferenceJobCommandInput,
  CreateBatchSegmentJobCommandInput,
} from '@aws-sdk/client-personalize';

/**
 * The `with` of each service, for pipelines written in TypeScript: the AWS client's own input, less the job's id, which is Nightscore's.
 */
export interface JobTypes {
  'machine-learning/batch-prediction': Omit<CreateBatchPredictionCommandInput, 'BatchPredictionId'>;
  'fraud-detector/batch-prediction': Omit<CreateBatchPredictionJobCommandInput, 'jobId'>;
  'personalize/batch-inference': Omit<CreateBatchInferenceJobCommandInput, 'jobName'>;
  'personalize/batch-segment': Omit<CreateBatchSegmentJobCommandInput, 'jobName'>;
}

/** The `with` of each follow-up. */
export interface FollowUpTypes {
  's3/copy': { from: string; to: string };
}
