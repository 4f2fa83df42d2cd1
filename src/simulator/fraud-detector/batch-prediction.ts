import { pipeline } from 'node:stream';
import { parse } from 'csv-parse';
import { csvRecord } from '../csv-text.ts';
import { JobFailure } from '../jobs/simulated-job.ts';
import type { JobKind, ScoredRecords, SimulatedJob } from '../jobs/simulated-job.ts';
import { lookUp } from '../look-up.ts';
import { fileIn, parseS3Uri } from '../s3-uri.ts';
import type { S3Location } from '../s3-uri.ts';
import type { ServiceHost } from '../service.ts';
import { eventScorer, missingColumns } from './event-scorer.ts';
import { createJobInput } from './requests.ts';
import type { CreateJob } from './requests.ts';
import type { DetectorVersion, EventType, Resources } from './resources.ts';
import type { Settings } from './settings.ts';

type Host = ServiceHost<Resources, Settings>;

/** A record that never ends, for want of a closing quote, must not fill the memory. */
const LONGEST_RECORD = 1_048_576;

/** The batch predictions of Fraud Detector: one CSV file in, one out. */
export function batchPredictionKind(host: Host): JobKind<CreateJob> {
  return {
    service: 'fraud-detector',
    name: 'batch-prediction',
    request: createJobInput,
    timing: () => host.settings().timing,
    score: async (job, stage) => {
      const { eventType, version } = whatJobUses(host, job);
      const input = await inputFile(host, job.request);
      const output = parseS3Uri(job.request.outputPath);
      if (output === undefined || !(await host.store.hasBucket(output.bucket))) {
        throw new JobFailure(`Unable to write to the output location ${job.request.outputPath}.`);
      }
      const records: ScoredRecords = { total: 0, invalid: 0 };
      // Fraud Detector puts the time at which the job began into the name, and nowhere else.
      const seconds = Math.floor((job.startedAt ?? job.createdAt) / 1000);
      const result = fileIn(output, `${job.id}_${seconds}_output.csv`);
      const text = scoreFile(host, input, eventType, version, records);
      await stage.add({ ...result, contentType: 'text/csv' }, text);
      return records;
    },
  };
}

function whatJobUses(
  host: Host,
  { request }: SimulatedJob<CreateJob>,
): { eventType: EventType; version: DetectorVersion } {
  const { eventTypes, detectors } = host.resources();
  const eventType = lookUp(eventTypes, request.eventTypeName);
  const versions = lookUp(detectors, request.detectorName)?.versions ?? {};
  const version = lookUp(versions, request.detectorVersion ?? activeVersion(versions) ?? '');
  if (eventType === undefined || version === undefined) {
    throw new JobFailure('The detector version or the event type was deleted after the job was created.');
  }
  return { eventType, version };
}

/** The version that a job uses which names none. */
export function activeVersion(versions: Readonly<Record<string, DetectorVersion>>): string | undefined {
  return Object.keys(versions).find((number) => versions[number]?.status === 'ACTIVE');
}

async function inputFile({ store }: Host, { inputPath }: CreateJob): Promise<S3Location> {
  const location = parseS3Uri(inputPath);
  const isThere =
    location !== undefined &&
    location.key !== '' &&
    (await store.hasBucket(location.bucket)) &&
    (await store.head(location.bucket, location.key)) !== undefined;
  if (!isThere) throw new JobFailure(`Unable to read the input file ${inputPath}.`);
  return location;
}

async function* scoreFile(
  host: Host,
  input: S3Location,
  eventType: EventType,
  version: DetectorVersion,
  records: ScoredRecords,
): AsyncGenerator<string> {
  let scorer: ReturnType<typeof eventScorer> | undefined;
  for await (const fields of csvRecords(host, input)) {
    if (scorer === undefined) {
      const missing = missingColumns(fields, eventType);
      if (missing.length > 0) throw new JobFailure(`The input file lacks the columns ${missing.join(', ')}.`);
      scorer = eventScorer(fields, eventType, version, host.settings());
      yield `${csvRecord(scorer.header)}\n`;
      continue;
    }
    const { record, isValid } = scorer.score(fields);
    records.total += 1;
    if (!isValid) records.invalid += 1;
    yield `${csvRecord(record)}\n`;
  }
  if (records.total === 0) throw new JobFailure('The input file has no events.');
}

async function* csvRecords({ store }: Host, { bucket, key }: S3Location): AsyncGenerator<string[]> {
  const parser = parse({
    bom: true,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    max_record_size: LONGEST_RECORD,
  });
  // A failure to read reaches the parser, and with it the loop.
  pipeline(store.read(bucket, key), parser, () => undefined);
  try {
    for await (const record of parser as AsyncIterable<string[]>) yield record;
  } catch (error) {
    if (error instanceof Error && 'code' in error && String(error.code).startsWith('CSV_')) {
      throw new JobFailure('The input file is not valid CSV.');
    }
    throw error;
  }
}
