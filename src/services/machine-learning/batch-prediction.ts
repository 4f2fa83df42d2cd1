import {
  CreateBatchPredictionCommand,
  DeleteBatchPredictionCommand,
  DescribeBatchPredictionsCommand,
  GetBatchPredictionCommand,
  MachineLearningClient,
  type BatchPrediction,
} from '@aws-sdk/client-machine-learning';
import type { JobObservation, JobRef } from '../../pipeline/job.ts';
import { awsClientSettings } from '../aws-client.ts';
import { differences } from '../differences.ts';
import { callAws, unreadable } from '../errors.ts';
import { makeJobId } from '../job-id.ts';
import { defined, isoTime, records, shortMessage, stateOf } from '../observation.ts';
import { createS3Client } from '../s3-client.ts';
import type { BatchService, JobClient } from '../service.ts';
import { acceptNumberTexts } from './number-texts.ts';
import { preconditions } from './preconditions.ts';
import { batchPredictionRequest, type BatchPredictionRequest } from './request.ts';
import { verify } from './verify.ts';

const NAME = 'machine-learning/batch-prediction';

/** Length of an EntityId. */
const MAX_ID_LENGTH = 64;

const STATUSES = {
  PENDING: 'queued',
  INPROGRESS: 'running',
  COMPLETED: 'succeeded',
  FAILED: 'failed',
  // Not documented any more, but AWS's samples still treat it as an end.
  INVALID: 'failed',
  DELETED: 'deleted',
} as const;

/** In the order in which a job passes through them, so that one that moves on between two lists is in the second. */
const ACTIVE_STATUSES = ['PENDING', 'INPROGRESS'] as const;

/** Amazon Machine Learning's batch predictions. The service queues jobs over its quota by itself and cannot stop one. */
export const machineLearningBatchPrediction: BatchService<BatchPredictionRequest> = {
  name: NAME,
  can: { stop: false, delete: true, list: true, progress: true, heartbeat: true, invalidRecords: true },
  request: batchPredictionRequest,
  statuses: STATUSES,
  jobId: (identity) => makeJobId(identity, MAX_ID_LENGTH),
  locate: (id, _request, region) => ({ service: NAME, region, id }),
  differences: (request, seen) =>
    differences(['MLModelId', 'BatchPredictionDataSourceId', 'OutputUri'], request, seen.request),
  results: ({ id, outputUri }) => ({ prefix: `${outputUri}batch-prediction/result/${id}-`, pattern: /^[^/]+\.gz$/ }),
  connect,
};

function connect(region: string): JobClient<BatchPredictionRequest> {
  const client = new MachineLearningClient(awsClientSettings(region));
  const s3 = createS3Client(region);
  acceptNumberTexts(client);
  return {
    async create(ref, request) {
      const command = new CreateBatchPredictionCommand({ ...request, BatchPredictionId: ref.id });
      await callAws('CreateBatchPrediction', () => client.send(command));
      return ref;
    },
    async get(ref) {
      const command = new GetBatchPredictionCommand({ BatchPredictionId: ref.id });
      const job = await callAws('GetBatchPrediction', () => client.send(command));
      if (job.BatchPredictionId !== ref.id) throw unreadable('GetBatchPrediction', `the answer is not of ${ref.id}`);
      return {
        observation: observe(job, ref),
        request: defined({
          MLModelId: job.MLModelId,
          BatchPredictionDataSourceId: job.BatchPredictionDataSourceId,
          OutputUri: job.OutputUri,
        }),
      };
    },
    async *list() {
      for (const status of ACTIVE_STATUSES) {
        let nextToken: string | undefined;
        do {
          const command = new DescribeBatchPredictionsCommand({
            FilterVariable: 'Status',
            EQ: status,
            ...(nextToken !== undefined && { NextToken: nextToken }),
          });
          const page = await callAws('DescribeBatchPredictions', () => client.send(command));
          yield (page.Results ?? []).map((job) =>
            observe(job, { service: NAME, region, id: job.BatchPredictionId ?? '' }),
          );
          nextToken = page.NextToken || undefined;
        } while (nextToken !== undefined);
      }
    },
    async delete(ref) {
      const command = new DeleteBatchPredictionCommand({ BatchPredictionId: ref.id });
      await callAws('DeleteBatchPrediction', () => client.send(command));
    },
    preconditions: (request) => preconditions({ client, s3, region }, request),
    verify: (job, options) => verify({ client, s3, region }, job, options),
  };
}

/** Leaves out `LogUri`, a pre-signed URL: nobody but AWS may see it. */
function observe(job: BatchPrediction, ref: JobRef): JobObservation {
  const rawStatus = job.Status ?? '';
  const state = stateOf(STATUSES, rawStatus);
  return {
    ref,
    rawStatus,
    observedAt: new Date().toISOString(),
    ...defined({
      state,
      message: shortMessage(job.Message),
      records: records({
        // Records seen so far, as long as the job runs.
        processed: job.TotalRecordCount,
        total: state === 'succeeded' ? job.TotalRecordCount : undefined,
        invalid: job.InvalidRecordCount,
      }),
      outputUri: job.OutputUri,
      heartbeatAt: isoTime(job.LastUpdatedAt),
      createdAt: isoTime(job.CreatedAt),
      startedAt: isoTime(job.StartedAt),
      endedAt: isoTime(job.FinishedAt),
    }),
  };
}
