import { epochSeconds } from '../epoch-seconds.ts';
import { progressOf } from '../jobs/progress.ts';
import type { SimulatedJob } from '../jobs/simulated-job.ts';
import { lookUp } from '../look-up.ts';
import type { ServiceHost } from '../service.ts';
import type { CreateBatchPrediction } from './requests.ts';
import type { DataSource, MlModel, Resources } from './resources.ts';
import type { Settings } from './settings.ts';
import { STATUSES } from './wire.ts';

type Host = ServiceHost<Resources, Settings>;
type Prediction = SimulatedJob<CreateBatchPrediction>;

/** An entity with its id. */
export type Identified<Entity> = readonly [id: string, entity: Entity];

/** Amazon ML says who made an entity; the simulator knows but one user. */
export function createdBy(host: Host): string {
  return `arn:aws:iam::${host.account()}:root`;
}

/** Where a batch prediction reads its input, as far as its data source is still known. */
export function inputLocation(host: Host, { request }: Prediction): string | undefined {
  return lookUp(host.resources().dataSources, request.BatchPredictionDataSourceId)?.dataLocationS3;
}

/** A BatchPrediction, as in DescribeBatchPredictions. */
export function describePrediction(host: Host, job: Prediction) {
  const { clock } = host;
  const { request, state, startedAt, endedAt, records } = job;
  const { timing, startedAtInTheFuture } = host.settings();
  const progress = progressOf(job, clock, timing.heartbeatSeconds);
  const isDone = state === 'succeeded';
  const input = inputLocation(host, job);
  return {
    BatchPredictionId: job.id,
    MLModelId: request.MLModelId,
    BatchPredictionDataSourceId: request.BatchPredictionDataSourceId,
    ...(input === undefined ? {} : { InputDataLocationS3: input }),
    CreatedByIamUser: createdBy(host),
    CreatedAt: epochSeconds(job.createdAt),
    LastUpdatedAt: epochSeconds(progress.heartbeatAt),
    ...nameOf(job),
    Status: STATUSES[state],
    OutputUri: request.OutputUri,
    ...(job.message === undefined ? {} : { Message: job.message }),
    ...(startedAt === undefined ? {} : { StartedAt: epochSeconds(startedAt) * (startedAtInTheFuture ? 10 : 1) }),
    ...(endedAt !== undefined && (isDone || state === 'failed') ? { FinishedAt: epochSeconds(endedAt) } : {}),
    ...(isDone && startedAt !== undefined && endedAt !== undefined
      ? { ComputeTime: Math.round(clock.simulatedSeconds(startedAt, endedAt) * 1000) }
      : {}),
    ...(records === undefined ? {} : { TotalRecordCount: progress.processed, InvalidRecordCount: progress.invalid }),
  };
}

function nameOf({ newName, request }: Prediction): { Name?: string } {
  const name = newName ?? request.BatchPredictionName;
  return name === undefined ? {} : { Name: name };
}

/** The members that models and data sources share. */
function describeEntity(host: Host, { name, status, message, createdAt }: MlModel | DataSource) {
  const created = epochSeconds(Date.parse(createdAt));
  return {
    CreatedByIamUser: createdBy(host),
    CreatedAt: created,
    LastUpdatedAt: created,
    ...(name === undefined ? {} : { Name: name }),
    Status: status,
    ...(message === undefined ? {} : { Message: message }),
    ...(status === 'COMPLETED' ? { StartedAt: created, FinishedAt: created, ComputeTime: 0 } : {}),
  };
}

/** An MLModel, as in DescribeMLModels. */
export function describeModel(host: Host, [id, model]: Identified<MlModel>) {
  const input = lookUp(host.resources().dataSources, model.trainingDataSourceId)?.dataLocationS3;
  return {
    MLModelId: id,
    TrainingDataSourceId: model.trainingDataSourceId,
    ...describeEntity(host, model),
    ...(input === undefined ? {} : { InputDataLocationS3: input }),
    SizeInBytes: JSON.stringify(model.model).length,
    EndpointInfo: { PeakRequestsPerSecond: 0, EndpointStatus: 'NONE' },
    TrainingParameters: {},
    MLModelType: model.type,
    ...(model.type === 'BINARY' ? { ScoreThreshold: model.scoreThreshold } : {}),
    Algorithm: 'sgd',
  };
}

/** A DataSource, as in DescribeDataSources. */
export function describeDataSource(host: Host, [id, dataSource]: Identified<DataSource>) {
  return {
    DataSourceId: id,
    DataLocationS3: dataSource.dataLocationS3,
    ...describeEntity(host, dataSource),
    ComputeStatistics: false,
  };
}
