import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { GetMLModelCommand } from '@aws-sdk/client-machine-learning';
import { parseS3Uri } from '../../pipeline/s3-uri.ts';
import type { Verification } from '../../pipeline/verification.ts';
import { counted, grouped, thereAre } from '../../pipeline/wording.ts';
import { textLines } from '../../text-lines.ts';
import { callAws } from '../errors.ts';
import { openObject } from '../results/objects.ts';
import { Problems } from '../results/problems.ts';
import type { ReadingOptions, SucceededJob } from '../service.ts';
import { countRecords, ifReadable, readInputData, type InputData } from './input-data.ts';
import { readManifest } from './manifest.ts';
import type { Clients } from './preconditions.ts';
import type { BatchPredictionRequest } from './request.ts';
import { lineCheck, modelTypeOf, type Expectation, type LineCheck, type ModelType } from './result-lines.ts';

type Job = SucceededJob<BatchPredictionRequest>;

/** One reading of a job's results: what it needs, and what it has come to so far. */
interface Reading extends Pick<Clients, 's3'> {
  options: ReadingOptions;
  problems: Problems;
  files: number;
  records: Verification['records'];
}

/** In characters. */
const LONGEST_LINE = 1024 ** 2;

/** Holds the result files that the manifest names to their model, to their input files and to the service's counts. */
export async function verify(clients: Clients, job: Job, options: ReadingOptions): Promise<Verification> {
  const { s3 } = clients;
  const reading: Reading = { s3, options, problems: new Problems(), files: 0, records: { total: 0, invalid: 0 } };
  const manifest = `${job.request.OutputUri}batch-prediction/${job.ref.id}.manifest`;
  const results = await readManifest(s3, manifest, options);
  if (results instanceof Map) {
    const type = await modelType(clients, job, options);
    const input = await readInputData(clients, job.request.BatchPredictionDataSourceId, options);
    compareFiles(reading, new Set(results.keys()), input);
    for (const [inputFile, file] of results) {
      const lines = await verifyFile(reading, file, { type, rowId: input.rowId });
      if (lines !== undefined) await compareWithInput(reading, { file, lines, inputFile }, input);
    }
    compareCounts(reading, manifest, job);
  } else {
    reading.problems.ofFile(manifest, results.wrong);
  }
  return { files: reading.files, records: reading.records, problems: reading.problems.all };
}

async function modelType(
  { client }: Clients,
  { request }: Job,
  { signal }: ReadingOptions,
): Promise<ModelType | undefined> {
  const command = new GetMLModelCommand({ MLModelId: request.MLModelId });
  const model = await ifReadable(() => callAws('GetMLModel', () => client.send(command, { abortSignal: signal })));
  return modelTypeOf(model?.MLModelType);
}

function compareFiles({ problems }: Reading, named: ReadonlySet<string>, { files }: InputData): void {
  if (!files) return;
  for (const file of files)
    if (!named.has(file)) problems.ofFile(file, 'the manifest names no result of this input file');
  for (const file of named)
    if (!files.has(file)) problems.ofFile(file, 'the manifest names this input file, but it is not in the data source');
}

/** How many records the file has; undefined when it cannot be read to its end. */
async function verifyFile(reading: Reading, file: string, expected: Expectation): Promise<number | undefined> {
  const { s3, options, problems } = reading;
  const location = parseS3Uri(file);
  const packed = location && (await openObject(s3, location, options));
  if (!packed) {
    problems.ofFile(file, 'the result file is missing');
    return undefined;
  }
  reading.files += 1;
  try {
    // A failure to read reaches the unpacked stream, and with it the loop.
    return await verifyLines(
      reading,
      file,
      pipeline(packed, createGunzip(), () => {}),
      expected,
    );
  } catch (error) {
    if (!isBrokenGzip(error)) throw error;
    problems.ofFile(file, 'the file is not valid gzip, or is cut off');
    return undefined;
  }
}

async function verifyLines(
  { problems, records }: Reading,
  file: string,
  unpacked: AsyncIterable<Buffer>,
  expected: Expectation,
): Promise<number> {
  let line = 0;
  let check: LineCheck | undefined;
  for await (const { text, tooLong } of textLines(unpacked, LONGEST_LINE)) {
    line += 1;
    if (tooLong) problems.ofLine(file, 'the line is too long', line);
    if (line === 1) {
      check = tooLong ? undefined : readHeader(problems, file, text, expected);
      continue;
    }
    records.total += 1;
    // A blank line stands for a record that could not be scored.
    if (text.trim() === '') records.invalid += 1;
    else if (!tooLong) problemOfLine(problems, file, check?.(text), line);
  }
  if (line === 0) problems.ofFile(file, 'the result file is empty');
  return Math.max(line - 1, 0);
}

function readHeader(problems: Problems, file: string, text: string, expected: Expectation): LineCheck | undefined {
  const check = lineCheck(text, expected);
  if (typeof check === 'function') return check;
  problems.ofFile(file, check.wrong);
  return undefined;
}

function problemOfLine(problems: Problems, file: string, wrong: string | undefined, line: number): void {
  if (wrong !== undefined) problems.ofLine(file, wrong, line);
}

function isBrokenGzip(error: unknown): boolean {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('Z_');
}

async function compareWithInput(
  { s3, options, problems }: Reading,
  { file, lines, inputFile }: { file: string; lines: number; inputFile: string },
  { files, hasHeader }: InputData,
): Promise<void> {
  // Without the schema nobody knows whether the first line is a record.
  if (hasHeader === undefined || files?.has(inputFile) === false) return;
  await ifReadable(async () => {
    const count = await countRecords(s3, inputFile, hasHeader, options);
    if (!count) problems.ofFile(inputFile, 'the input file is not there any more to compare with');
    else if (lines < count.least || lines > count.most)
      problems.ofFile(file, `${thereAre(lines, 'line')} for ${counted(count.most, 'input record')}`);
  }, ['denied']);
}

function compareCounts({ problems, records }: Reading, manifest: string, { records: byService }: Job): void {
  for (const what of ['total', 'invalid'] as const)
    if (byService?.[what] !== undefined && byService[what] !== records[what])
      problems.ofFile(
        manifest,
        `${what}: ${thereAre(records[what], 'record')}, but the service counted ${grouped(byService[what])}`,
      );
}
