import {
  CancelBatchPredictionJobCommand,
  CreateBatchPredictionJobCommand,
  FraudDetectorClient,
  GetBatchPredictionJobsCommand,
  type BatchPrediction,
} from '@aws-sdk/client-frauddetector';
import type { JobObservation, JobRef } from '../../pipeline/job.ts';
import { awsClientSettings } from '../aws-client.ts';
import { differences } from '../differences.ts';
import { callAws, notFound, unreadable } from '../errors.ts';
import { makeJobId } from '../job-id.ts';
import { defined, isoTime, records, shortMessage, stateOf } from '../observation.ts';
import { createS3Client } from '../s3-client.ts';
import type { BatchService, JobClient } from '../service.ts';
import { preconditions } from './preconditions.ts';
import { batchPredictionRequest, type BatchPredictionRequest } from './request.ts';
import { verify } from './verify.ts';

const NAME = 'fraud-detector/batch-prediction';

/** The call that reads one job, or lists all. */
const GET = 'GetBatchPredictionJobs';

/** Length of an identifier. */
const MAX_ID_LENGTH = 64;

/** https://docs.aws.amazon.com/frauddetector/latest/ug/batch-predictions.html: one batch prediction job at a time; taken to be meant in a region. */
const PLACES = 1;

const STATUSES = {
  IN_PROGRESS_INITIALIZING: 'queued',
  IN_PROGRESS: 'running',
  CANCEL_IN_PROGRESS: 'stopping',
  CANCELED: 'stopped',
  COMPLETE: 'succeeded',
  FAILED: 'failed',
} as const;

/** Amazon Fraud Detector's batch predictions: one at a time, and the only ones of the three services that can be stopped. */
export const fraudDetectorBatchPrediction: BatchService<BatchPredictionRequest> = {
  name: NAME,
  can: { stop: true, delete: true, list: true, progress: true, heartbeat: true, invalidRecords: false },
  request: batchPredictionRequest,
  statuses: STATUSES,
  places: PLACES,
  jobId: (identity) => makeJobId(identity, MAX_ID_LENGTH),
  locate: (id, _request, region) => ({ service: NAME, region, id }),
  differences: (request, seen) =>
    differences(
      ['inputPath', 'outputPath', 'eventTypeName', 'detectorName', 'detectorVersion', 'iamRoleArn'],
      request,
      seen.request,
    ),
  results: ({ id, outputUri }) => ({
    prefix: `${outputUri.replace(/\/$/, '')}/${id}_`,
    // The time of writing stands in the name and in no answer: https://docs.aws.amazon.com/frauddetector/latest/ug/batch-predictions.html
    pattern: /^\d{10}_output\.csv$/,
  }),
  connect,
};

function connect(region: string): JobClient<BatchPredictionRequest> {
  const client = new FraudDetectorClient(awsClientSettings(region));
  const s3 = createS3Client(region);
  return {
    async create(ref, request) {
      const command = new CreateBatchPredictionJobCommand({ ...request, jobId: ref.id });
      await callAws('CreateBatchPredictionJob', () => client.send(command));
      return ref;
    },
    async get(ref) {
      for await (const page of pages(client, { jobId: ref.id })) {
        // The call lists all jobs when it does not see the id, so an answer is not yet an answer about our job.
        const job = page.find(({ jobId }) => jobId === ref.id);
        if (job) return { observation: observe(job, ref), request: requestOf(job) };
      }
      throw notFound(GET, `the answer holds no job ${ref.id}`);
    },
    async *list() {
      for await (const page of pages(client, {})) {
        yield page.map((job) => observe(job, { service: NAME, region, id: job.jobId ?? '' }));
      }
    },
    async stop(ref) {
      const command = new CancelBatchPredictionJobCommand({ jobId: ref.id });
      await callAws('CancelBatchPredictionJob', () => client.send(command));
    },
    preconditions: (request) => preconditions({ client, s3, region }, request),
    verify: (job, options) => verify({ client, s3, region }, job, options),
  };
}

/** Every page: also one that is empty, or that holds the one job that was asked for, may have another behind it. */
async function* pages(client: FraudDetectorClient, query: { jobId?: string }): AsyncGenerator<BatchPrediction[]> {
  let nextToken: string | undefined;
  do {
    const command = new GetBatchPredictionJobsCommand({ ...query, ...(nextToken !== undefined && { nextToken }) });
    const page = await callAws(GET, () => client.send(command));
    if (!page.batchPredictions) throw unreadable(GET, 'the answer holds no list of jobs');
    yield page.batchPredictions;
    nextToken = page.nextToken || undefined;
  } while (nextToken !== undefined);
}

function observe(job: BatchPrediction, ref: JobRef): JobObservation {
  const rawStatus = job.status ?? '';
  return {
    ref: { ...ref, ...(job.arn !== undefined && { arn: job.arn }) },
    rawStatus,
    observedAt: new Date().toISOString(),
    ...defined({
      state: stateOf(STATUSES, rawStatus),
      message: shortMessage(job.failureReason),
      records: records({ total: job.totalRecordsCount, processed: job.processedRecordsCount }),
      outputUri: job.outputPath,
      heartbeatAt: isoTime(job.lastHeartbeatTime),
      startedAt: isoTime(job.startTime),
      endedAt: isoTime(job.completionTime),
    }),
  };
}

function requestOf(job: BatchPrediction): Partial<BatchPredictionRequest> {
  const { inputPath, outputPath, eventTypeName, detectorName, iamRoleArn } = job;
  // Requests take "1"; answers were documented as "1.0" and seen as "1".
  const detectorVersion = job.detectorVersion?.split('.')[0];
  return defined({ inputPath, outputPath, eventTypeName, detectorName, detectorVersion, iamRoleArn });
}
