import { setTimeout as delay } from 'node:timers/promises';
import { csvFields } from '../csv-text.ts';
import { JobFailure } from '../jobs/simulated-job.ts';
import type { JobKind, ScoredRecords, SimulatedJob } from '../jobs/simulated-job.ts';
import { lookUp } from '../look-up.ts';
import { fieldsOf } from '../prediction-model.ts';
import { fileIn, parseS3Uri, toS3Uri } from '../s3-uri.ts';
import type { S3Location } from '../s3-uri.ts';
import type { ServiceHost } from '../service.ts';
import { textLines } from '../../text-lines.ts';
import { recordScorer } from './record-scorer.ts';
import type { RecordScorer } from './record-scorer.ts';
import { createBatchPredictionInput } from './requests.ts';
import type { CreateBatchPrediction } from './requests.ts';
import type { DataSchema, DataSource, MlModel, Resources } from './resources.ts';
import type { Settings } from './settings.ts';

type Host = ServiceHost<Resources, Settings>;

/** The guide: "The size of one observation … 100 KB". */
const LONGEST_OBSERVATION = 102_400;
const SEVEN_DAYS = 7 * 86_400;
/** How often a job that depends on something unfinished looks whether it is ready, in real milliseconds. */
const DEPENDENCY_CHECK_MILLISECONDS = 200;

/** The batch predictions of Amazon ML: they wait for their model and data source, then score every input file. */
export function batchPredictionKind(host: Host): JobKind<CreateBatchPrediction> {
  return {
    service: 'machine-learning',
    name: 'batch-prediction',
    request: createBatchPredictionInput,
    timing: () => host.settings().timing,
    slots: () => host.settings().simultaneousJobs,
    runtimeLimit: { seconds: SEVEN_DAYS, message: 'The batch prediction ran for more than 7 days and was terminated.' },
    dependencies: async (job, signal) => {
      while (isBuilding(host, job)) await delay(DEPENDENCY_CHECK_MILLISECONDS, undefined, { signal });
    },
    score: async (job, stage) => {
      const { model, dataSource } = entitiesOf(host, job);
      checkSchema(model, dataSource.schema);
      const output = outputLocation(job.request.OutputUri);
      if (!(await host.store.hasBucket(output.bucket))) {
        throw new JobFailure(
          `Amazon ML cannot write to the output location: the bucket ${output.bucket} does not exist.`,
        );
      }
      const scorer = recordScorer(model, dataSource.schema);
      const records: ScoredRecords = { total: 0, invalid: 0 };
      const manifest: Record<string, string> = {};
      for (const input of await inputFiles(host, dataSource)) {
        const result = resultFile(output, job.id, input, dataSource);
        manifest[toS3Uri(input)] = toS3Uri(result);
        const text = scoreFile(host, input, scorer, dataSource.schema, records);
        await stage.add({ ...result, contentType: 'application/x-gzip', gzip: true }, text);
      }
      if (records.total === 0) throw new JobFailure('The data source has no records.');
      const { bucket, key } = fileIn(output, `batch-prediction/${job.id}.manifest`);
      await stage.add({ bucket, key, contentType: 'application/json' }, [JSON.stringify(manifest)]);
      return records;
    },
  };
}

function isBuilding(host: Host, job: SimulatedJob<CreateBatchPrediction>): boolean {
  const { model, dataSource } = entitiesOf(host, job);
  return [model, dataSource].some(({ status }) => status === 'PENDING' || status === 'INPROGRESS');
}

function entitiesOf(host: Host, { request }: SimulatedJob<CreateBatchPrediction>) {
  const { models, dataSources } = host.resources();
  return {
    model: usable('MLModel', request.MLModelId, lookUp(models, request.MLModelId)),
    dataSource: usable(
      'DataSource',
      request.BatchPredictionDataSourceId,
      lookUp(dataSources, request.BatchPredictionDataSourceId),
    ),
  };
}

function usable<Entity extends { status: string }>(kind: string, id: string, entity: Entity | undefined): Entity {
  if (entity === undefined) throw new JobFailure(`The ${kind} ${id} does not exist any more.`);
  if (entity.status === 'FAILED' || entity.status === 'DELETED') {
    throw new JobFailure(`The ${kind} ${id} cannot be used: its status is ${entity.status}.`);
  }
  return entity;
}

function checkSchema({ model }: MlModel, { attributes }: DataSchema): void {
  const present = new Set(attributes.map(({ fieldName }) => fieldName));
  const absent = fieldsOf(model).filter((field) => !present.has(field));
  if (absent.length > 0) {
    throw new JobFailure(`The schema of the data source does not match the model: it lacks ${absent.join(', ')}.`);
  }
}

/** The folder of the results; a bare bucket is its root. */
function outputLocation(outputUri: string): S3Location {
  const location = parseS3Uri(outputUri);
  if (location === undefined) throw new JobFailure(`${outputUri} is not an S3 location.`);
  return location;
}

async function inputFiles({ store }: Host, { dataLocationS3 }: DataSource): Promise<S3Location[]> {
  const location = parseS3Uri(dataLocationS3);
  const missing = new JobFailure(`Amazon ML cannot find or read the input data at ${dataLocationS3}.`);
  if (location === undefined || !(await store.hasBucket(location.bucket))) throw missing;
  const { bucket, key } = location;
  const isFolder = key === '' || key.endsWith('/');
  if (!isFolder && (await store.head(bucket, key)) === undefined) throw missing;
  const keys = isFolder ? (await store.list(bucket, key)).map((object) => object.key) : [key];
  // The console's way to make a folder is an empty object whose key ends with a slash.
  const files = keys.filter((candidate) => !candidate.endsWith('/'));
  if (files.length === 0) throw missing;
  return files.map((file) => ({ bucket, key: file }));
}

function resultFile(output: S3Location, jobId: string, input: S3Location, { dataLocationS3 }: DataSource): S3Location {
  const folder = parseS3Uri(dataLocationS3)?.key ?? '';
  const name = folder === input.key ? input.key.slice(input.key.lastIndexOf('/') + 1) : input.key.slice(folder.length);
  // Files of one name in several folders would overwrite each other's results.
  return fileIn(output, `batch-prediction/result/${jobId}-${name.replaceAll('/', '-')}.gz`);
}

/** The text of one result file: a header, then one line for each input record, blank if the record is invalid. */
async function* scoreFile(
  host: Host,
  input: S3Location,
  scorer: RecordScorer,
  schema: DataSchema,
  records: ScoredRecords,
): AsyncGenerator<string> {
  const mostInvalid = host.settings().mostInvalidRecords;
  let headerExpected = schema.dataFileContainsHeader;
  yield `${scorer.header}\n`;
  for await (const { text, tooLong } of textLines(host.store.read(input.bucket, input.key), LONGEST_OBSERVATION)) {
    if (headerExpected) {
      checkHeader(text, schema, input);
      headerExpected = false;
      continue;
    }
    const result = tooLong ? undefined : scorer.score(text);
    records.total += 1;
    if (result === undefined) records.invalid += 1;
    if (records.invalid > mostInvalid) {
      throw new JobFailure(`More than ${mostInvalid} observations are invalid; the input data is rejected.`);
    }
    yield `${result ?? ''}\n`;
  }
}

function checkHeader(line: string, { attributes }: DataSchema, input: S3Location): void {
  const found = csvFields(line)?.map((field) => field.trim());
  const isAsInSchema =
    found?.length === attributes.length && attributes.every(({ fieldName }, index) => found[index] === fieldName);
  if (!isAsInSchema) {
    throw new JobFailure(`The header of ${toS3Uri(input)} does not match the attributes of the data source's schema.`);
  }
}
