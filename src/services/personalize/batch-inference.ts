import {
  CreateBatchInferenceJobCommand,
  DescribeBatchInferenceJobCommand,
  ListBatchInferenceJobsCommand,
} from '@aws-sdk/client-personalize';
import { callAws } from '../errors.ts';
import { personalizeService } from './job.ts';
import { batchInferenceRequest, type BatchInferenceRequest } from './request.ts';

/** Amazon Personalize's batch inference jobs: recommendations for each input line. */
export const personalizeBatchInference = personalizeService<BatchInferenceRequest>(
  'personalize/batch-inference',
  'batch-inference-job',
  batchInferenceRequest,
  {
    async create(client, jobName, request) {
      const command = new CreateBatchInferenceJobCommand({ ...request, jobName });
      const { batchInferenceJobArn: arn } = await callAws('CreateBatchInferenceJob', () => client.send(command));
      return { arn };
    },
    async describe(client, batchInferenceJobArn) {
      const command = new DescribeBatchInferenceJobCommand({ batchInferenceJobArn });
      return (await callAws('DescribeBatchInferenceJob', () => client.send(command))).batchInferenceJob;
    },
    async list(client, query) {
      const command = new ListBatchInferenceJobsCommand(query);
      const page = await callAws('ListBatchInferenceJobs', () => client.send(command));
      return { jobs: page.batchInferenceJobs, nextToken: page.nextToken };
    },
  },
);
