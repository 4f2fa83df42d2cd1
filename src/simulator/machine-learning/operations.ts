import { AwsError } from '../aws-error.ts';
import type { JobRunner } from '../jobs/job-runner.ts';
import type { SimulatedJob } from '../jobs/simulated-job.ts';
import { lookUp } from '../look-up.ts';
import { parseS3Uri } from '../s3-uri.ts';
import { operationsRefusing } from '../service.ts';
import type { Call, Operation, ServiceHost } from '../service.ts';
import { createdBy, describeDataSource, describeModel, describePrediction, inputLocation } from './answers.ts';
import type { Identified } from './answers.ts';
import { describe } from './describe.ts';
import type { FilterVariables } from './describe.ts';
import {
  batchPredictionIdInput,
  createBatchPredictionInput,
  describeInput,
  getDataSourceInput,
  getModelInput,
  updateBatchPredictionInput,
} from './requests.ts';
import type { CreateBatchPrediction } from './requests.ts';
import type { DataSource, MlModel, Resources } from './resources.ts';
import type { Settings } from './settings.ts';
import { asSent, STATUSES } from './wire.ts';

type Host = ServiceHost<Resources, Settings>;
type Predictions = JobRunner<CreateBatchPrediction>;
type Prediction = SimulatedJob<CreateBatchPrediction>;

const operation = operationsRefusing('InvalidInputException');

/** The operations of Amazon ML by name. */
export function machineLearningOperations(host: Host, predictions: Predictions): Record<string, Operation> {
  return {
    CreateBatchPrediction: operation(createBatchPredictionInput, (input, call) =>
      createPrediction(host, predictions, input, call),
    ),
    GetBatchPrediction: operation(batchPredictionIdInput, ({ BatchPredictionId: id }, call) => {
      const job = findPrediction(predictions, call, id);
      const log = job.startedAt === undefined ? {} : { LogUri: host.logs.link(call.origin, job) };
      return asSent({ ...describePrediction(host, job), ...log }, host.settings());
    }),
    DescribeBatchPredictions: operation(describeInput(PREDICTION_VARIABLES), (query, call) => {
      const variables = predictionVariables(host);
      const page = describe({ items: predictions.book.inRegion(call), variables, idOf: ({ id }) => id }, query);
      return listed(host, page, (job) => describePrediction(host, job));
    }),
    UpdateBatchPrediction: operation(updateBatchPredictionInput, (input, call) => {
      const job = findPrediction(predictions, call, input.BatchPredictionId);
      predictions.book.update(job, { newName: input.BatchPredictionName });
      call.did('updated');
      return { BatchPredictionId: job.id };
    }),
    DeleteBatchPrediction: operation(batchPredictionIdInput, ({ BatchPredictionId: id }, call) => {
      const job = findPrediction(predictions, call, id);
      if (job.state !== 'deleted') {
        predictions.delete(job);
        call.did('deleted');
      }
      return { BatchPredictionId: id };
    }),
    GetMLModel: operation(getModelInput, ({ MLModelId: id, Verbose }) => {
      const model = existing('MLModel', id, lookUp(host.resources().models, id));
      const { Algorithm: _algorithm, ...answer } = describeModel(host, [id, model]);
      return asSent({ ...answer, ...(Verbose ? trainingSchema(host, model) : {}) }, host.settings());
    }),
    GetDataSource: operation(getDataSourceInput, ({ DataSourceId: id, Verbose }) => {
      const dataSource = existing('DataSource', id, lookUp(host.resources().dataSources, id));
      const schema = Verbose ? { DataSourceSchema: JSON.stringify(dataSource.schema) } : {};
      return asSent({ ...describeDataSource(host, [id, dataSource]), ...schema }, host.settings());
    }),
    DescribeMLModels: operation(describeInput(MODEL_VARIABLES), (query) => {
      const items = Object.entries(host.resources().models);
      const page = describe({ items, variables: modelVariables(host), idOf: ([id]) => id }, query);
      return listed(host, page, (model) => describeModel(host, model));
    }),
    DescribeDataSources: operation(describeInput(DATA_SOURCE_VARIABLES), (query) => {
      const items = Object.entries(host.resources().dataSources);
      const page = describe({ items, variables: dataSourceVariables(host), idOf: ([id]) => id }, query);
      return listed(host, page, (dataSource) => describeDataSource(host, dataSource));
    }),
  };
}

function createPrediction(host: Host, predictions: Predictions, input: CreateBatchPrediction, call: Call): object {
  const { BatchPredictionId: id } = input;
  checkOutputUri(input.OutputUri, host.settings());
  const existingJob = predictions.book.find(call, id);
  if (existingJob) {
    // The same request once more is no error, also after the job was deleted: its id stays in use.
    if (JSON.stringify(existingJob.request) !== JSON.stringify(input)) {
      throw new AwsError(
        'IdempotentParameterMismatchException',
        `A BatchPrediction with id ${id} exists and was created with other parameters.`,
      );
    }
    call.did('already-exists');
    return { BatchPredictionId: id };
  }
  const { models, dataSources } = host.resources();
  checkReference('MLModel', input.MLModelId, lookUp(models, input.MLModelId));
  checkReference(
    'DataSource',
    input.BatchPredictionDataSourceId,
    lookUp(dataSources, input.BatchPredictionDataSourceId),
  );
  predictions.submit(call.region, id, input, call.fate);
  call.did('created');
  return { BatchPredictionId: id };
}

/** The API reference forbids some substrings in the key; the guide wants a folder. */
function checkOutputUri(uri: string, { outputUriEndsWithSlash }: Settings): void {
  const key = parseS3Uri(uri)?.key ?? '';
  const forbidden = [':', '//', '/./', '/../'].find((part) => key.includes(part));
  if (forbidden !== undefined) {
    throw new AwsError('InvalidInputException', `The key of OutputUri must not contain '${forbidden}': ${uri}`);
  }
  if (outputUriEndsWithSlash && key !== '' && !key.endsWith('/')) {
    throw new AwsError('InvalidInputException', `OutputUri must end with a slash: ${uri}`);
  }
}

function checkReference(kind: string, id: string, entity: { status: string } | undefined): void {
  if (entity === undefined || entity.status === 'DELETED') {
    throw new AwsError('InvalidInputException', `No ${kind} with id ${id} exists.`);
  }
}

function findPrediction({ book }: Predictions, call: Call, id: string): Prediction {
  return existing('BatchPrediction', id, book.find(call, id));
}

function existing<Entity>(kind: string, id: string, entity: Entity | undefined): Entity {
  if (entity === undefined) throw new AwsError('ResourceNotFoundException', `No ${kind} with id ${id} exists.`);
  return entity;
}

function trainingSchema(host: Host, { trainingDataSourceId }: MlModel): { Schema?: string } {
  const schema = lookUp(host.resources().dataSources, trainingDataSourceId)?.schema;
  return schema === undefined ? {} : { Schema: JSON.stringify(schema) };
}

function listed<Item>(
  host: Host,
  { items, nextToken }: { items: Item[]; nextToken?: string },
  describeItem: (item: Item) => object,
): object {
  const results = { Results: items.map((item) => asSent(describeItem(item), host.settings())) };
  return nextToken === undefined ? results : { ...results, NextToken: nextToken };
}

const PREDICTION_VARIABLES = [
  'CreatedAt',
  'LastUpdatedAt',
  'Status',
  'Name',
  'IAMUser',
  'MLModelId',
  'DataSourceId',
  'DataURI',
] as const;

function predictionVariables(host: Host): FilterVariables<Prediction, (typeof PREDICTION_VARIABLES)[number]> {
  return {
    CreatedAt: ({ createdAt }) => createdAt,
    LastUpdatedAt: ({ updatedAt }) => updatedAt,
    Status: ({ state }) => STATUSES[state],
    Name: ({ newName, request }) => newName ?? request.BatchPredictionName ?? '',
    IAMUser: () => createdBy(host),
    MLModelId: ({ request }) => request.MLModelId,
    DataSourceId: ({ request }) => request.BatchPredictionDataSourceId,
    DataURI: (job) => inputLocation(host, job) ?? '',
  };
}

const MODEL_VARIABLES = [
  'CreatedAt',
  'LastUpdatedAt',
  'Status',
  'Name',
  'IAMUser',
  'TrainingDataSourceId',
  'RealtimeEndpointStatus',
  'MLModelType',
  'Algorithm',
  'TrainingDataURI',
] as const;

function modelVariables(host: Host): FilterVariables<Identified<MlModel>, (typeof MODEL_VARIABLES)[number]> {
  return {
    CreatedAt: ([, { createdAt }]) => Date.parse(createdAt),
    LastUpdatedAt: ([, { createdAt }]) => Date.parse(createdAt),
    Status: ([, { status }]) => status,
    Name: ([, { name }]) => name ?? '',
    IAMUser: () => createdBy(host),
    TrainingDataSourceId: ([, { trainingDataSourceId }]) => trainingDataSourceId,
    RealtimeEndpointStatus: () => 'NONE',
    MLModelType: ([, { type }]) => type,
    Algorithm: () => 'sgd',
    TrainingDataURI: (model) => describeModel(host, model).InputDataLocationS3 ?? '',
  };
}

const DATA_SOURCE_VARIABLES = ['CreatedAt', 'LastUpdatedAt', 'Status', 'Name', 'DataLocationS3', 'IAMUser'] as const;

function dataSourceVariables(
  host: Host,
): FilterVariables<Identified<DataSource>, (typeof DATA_SOURCE_VARIABLES)[number]> {
  return {
    CreatedAt: ([, { createdAt }]) => Date.parse(createdAt),
    LastUpdatedAt: ([, { createdAt }]) => Date.parse(createdAt),
    Status: ([, { status }]) => status,
    Name: ([, { name }]) => name ?? '',
    DataLocationS3: ([, { dataLocationS3 }]) => dataLocationS3,
    IAMUser: () => createdBy(host),
  };
}
