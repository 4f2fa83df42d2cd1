import {
  CreateBatchSegmentJobCommand,
  DescribeBatchSegmentJobCommand,
  ListBatchSegmentJobsCommand,
} from '@aws-sdk/client-personalize';
import { callAws } from '../errors.ts';
import { personalizeService } from './job.ts';
import { batchSegmentRequest, type BatchSegmentRequest } from './request.ts';

/** Amazon Personalize's batch segment jobs: users for each input line. */
export const personalizeBatchSegment = personalizeService<BatchSegmentRequest>(
  'personalize/batch-segment',
  'batch-segment-job',
  batchSegmentRequest,
  {
    async create(client, jobName, request) {
      const command = new CreateBatchSegmentJobCommand({ ...request, jobName });
      const { batchSegmentJobArn: arn } = await callAws('CreateBatchSegmentJob', () => client.send(command));
      return { arn };
    },
    async describe(client, batchSegmentJobArn) {
      const command = new DescribeBatchSegmentJobCommand({ batchSegmentJobArn });
      return (await callAws('DescribeBatchSegmentJob', () => client.send(command))).batchSegmentJob;
    },
    async list(client, query) {
      const command = new ListBatchSegmentJobsCommand(query);
      const page = await callAws('ListBatchSegmentJobs', () => client.send(command));
      return { jobs: page.batchSegmentJobs, nextToken: page.nextToken };
    },
  },
);
