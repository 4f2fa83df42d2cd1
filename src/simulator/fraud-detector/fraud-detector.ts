import { defineService } from '../service.ts';
import { batchPredictionKind } from './batch-prediction.ts';
import { fraudDetectorOperations } from './operations.ts';
import { resourcesSchema } from './resources.ts';
import { settingsSchema } from './settings.ts';

/** Amazon Fraud Detector: batch prediction jobs and what they need. */
export const fraudDetector = defineService({
  name: 'fraud-detector',
  signingName: 'frauddetector',
  targetPrefix: 'AWSHawksNestServiceFacade',
  section: 'fraudDetector',
  resources: resourcesSchema,
  settings: settingsSchema,
  errors: {
    ResourceNotFoundException: { documented: 400, trait: 404 },
    ConflictException: { documented: 400, trait: 409 },
  },
  internalError: 'InternalServerException',
  subjects: { job: ['jobId'], resource: ['detectorName', 'detectorId', 'name'] },
  open: (host) => fraudDetectorOperations(host, host.openJobs(batchPredictionKind(host))),
});
