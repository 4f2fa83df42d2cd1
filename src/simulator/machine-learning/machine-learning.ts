import { defineService } from '../service.ts';
import { batchPredictionKind } from './batch-prediction.ts';
import { machineLearningOperations } from './operations.ts';
import { resourcesSchema } from './resources.ts';
import { settingsSchema } from './settings.ts';

/** Amazon Machine Learning: batch predictions and what they need. */
export const machineLearning = defineService({
  name: 'machine-learning',
  signingName: 'machinelearning',
  targetPrefix: 'AmazonML_20141212',
  section: 'machineLearning',
  resources: resourcesSchema,
  settings: settingsSchema,
  errors: {
    ResourceNotFoundException: { documented: 404, trait: 404 },
  },
  internalError: 'InternalServerException',
  subjects: { job: ['BatchPredictionId'], resource: ['MLModelId', 'DataSourceId', 'BatchPredictionDataSourceId'] },
  errorMembers: ({ errorCode }) => (errorCode === undefined ? {} : { code: errorCode }),
  open: (host) => machineLearningOperations(host, host.openJobs(batchPredictionKind(host))),
});
