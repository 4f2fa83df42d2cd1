import { GetDataSourceCommand, GetMLModelCommand, type MachineLearningClient } from '@aws-sdk/client-machine-learning';
import type { S3Client } from '@aws-sdk/client-s3';
import { callAws, unreadable } from '../errors.ts';
import { shortMessage } from '../observation.ts';
import { errorFinding, ifFound, type Finding, type Precondition } from '../precondition.ts';
import { bucketIsReachable, objectIsThere, prefixHasObjects } from '../s3-preconditions.ts';
import type { BatchPredictionRequest } from './request.ts';

export interface Clients {
  client: MachineLearningClient;
  s3: S3Client;
  region: string;
}

/** Statuses of models and data sources that will never be used again. Those that are still made are waited for by the service. */
const USELESS: ReadonlySet<string> = new Set(['FAILED', 'DELETED']);

export function preconditions(clients: Clients, request: BatchPredictionRequest): Precondition[] {
  const { s3, region } = clients;
  return [
    modelIsUsable(clients, request.MLModelId),
    dataSourceIsUsable(clients, request.BatchPredictionDataSourceId),
    inputIsThere(clients, request.BatchPredictionDataSourceId),
    bucketIsReachable({ s3, region, uri: request.OutputUri, member: 'OutputUri' }),
  ];
}

function modelIsUsable({ client, region }: Clients, id: string): Precondition {
  return {
    subject: `the model ${id} in ${region}`,
    async check() {
      const command = new GetMLModelCommand({ MLModelId: id });
      const model = await ifFound(callAws('GetMLModel', () => client.send(command)));
      if (model === undefined) {
        return errorFinding(`There is no model ${id} in ${region}. Name one that exists in MLModelId.`);
      }
      if (model.MLModelId !== id) throw unreadable('GetMLModel', `the answer is not of ${id}`);
      return uselessness(`The model ${id}`, model, 'MLModelId');
    },
  };
}

function dataSourceIsUsable(clients: Clients, id: string): Precondition {
  return {
    subject: `the data source ${id} in ${clients.region}`,
    async check() {
      const dataSource = await findDataSource(clients, id);
      if (dataSource !== undefined) {
        return uselessness(`The data source ${id}`, dataSource, 'BatchPredictionDataSourceId');
      }
      return errorFinding(
        `There is no data source ${id} in ${clients.region}. Name one that exists in BatchPredictionDataSourceId.`,
      );
    },
  };
}

/** A check of its own, so that what cannot be told of S3 is not told of the data source. */
function inputIsThere(clients: Clients, id: string): Precondition {
  const { s3, region } = clients;
  return {
    subject: `the input of the data source ${id}`,
    async check() {
      const dataSource = await findDataSource(clients, id);
      // That there is none is the other check's to say.
      if (dataSource === undefined) return undefined;
      const { DataLocationS3: uri, RDSMetadata, RedshiftMetadata } = dataSource;
      // The service copies the records of a database itself, and may not have done so yet.
      if (RDSMetadata ?? RedshiftMetadata) return undefined;
      if (uri === undefined) throw unreadable('GetDataSource', 'the answer does not say where the records are');
      const place = { s3, region, uri, member: 'BatchPredictionDataSourceId' };
      return isFolder(uri) ? prefixHasObjects(place).check() : objectIsThere(place).check();
    },
  };
}

/** https://docs.aws.amazon.com/machine-learning/latest/dg/understanding-the-data-format-for-amazon-ml.html: a folder ends with a slash. */
function isFolder(uri: string): boolean {
  return uri.endsWith('/') || /^s3:\/\/[^/]+$/.test(uri);
}

async function findDataSource({ client }: Clients, id: string) {
  const command = new GetDataSourceCommand({ DataSourceId: id });
  const dataSource = await ifFound(callAws('GetDataSource', () => client.send(command)));
  if (dataSource !== undefined && dataSource.DataSourceId !== id) {
    throw unreadable('GetDataSource', `the answer is not of ${id}`);
  }
  return dataSource;
}

function uselessness(
  subject: string,
  { Status, Message }: { Status?: string | undefined; Message?: string | undefined },
  member: string,
): Finding | undefined {
  if (Status === undefined || !USELESS.has(Status)) return undefined;
  const reason = shortMessage(Message);
  return errorFinding(`${subject} is ${Status}${reason ? ` (${reason})` : ''}. Name another one in ${member}.`);
}
