import { defineService } from '../service.ts';
import { batchJobKind } from './batch-job.ts';
import { personalizeOperations } from './operations.ts';
import { createInferenceJobInput, createSegmentJobInput } from './requests.ts';
import { resourcesSchema } from './resources.ts';
import { settingsSchema } from './settings.ts';

/** Amazon Personalize: batch inference and batch segment jobs and what they need. */
export const personalize = defineService({
  name: 'personalize',
  signingName: 'personalize',
  targetPrefix: 'AmazonPersonalize',
  section: 'personalize',
  resources: resourcesSchema,
  settings: settingsSchema,
  errors: {
    LimitExceededException: { documented: 400, trait: 409 },
    ResourceAlreadyExistsException: { documented: 400, trait: 403 },
    ResourceInUseException: { documented: 400, trait: 409 },
    ResourceNotFoundException: { documented: 400, trait: 404 },
  },
  // The service model declares none; this is the common one.
  internalError: 'InternalFailure',
  subjects: {
    job: ['jobName', 'batchInferenceJobArn', 'batchSegmentJobArn'],
    resource: ['solutionVersionArn', 'solutionArn'],
  },
  open: (host) =>
    personalizeOperations(
      host,
      host.openJobs(batchJobKind(host, 'batch-inference', createInferenceJobInput)),
      host.openJobs(batchJobKind(host, 'batch-segment', createSegmentJobInput)),
    ),
});
