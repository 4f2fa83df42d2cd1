import type { S3Client } from '@aws-sdk/client-s3';
import { parseS3Uri, type S3Location } from '../../pipeline/s3-uri.ts';
import type { Verification } from '../../pipeline/verification.ts';
import { counted, thereAre } from '../../pipeline/wording.ts';
import { textLines } from '../../text-lines.ts';
import { Multiset } from '../results/multiset.ts';
import { listKeys, openObject } from '../results/objects.ts';
import { Problems } from '../results/problems.ts';
import type { ReadingOptions, SucceededJob } from '../service.ts';
import type { BatchSegmentRequest } from './request.ts';
import { inputRecord, readResultLine } from './result-line.ts';

export interface Clients {
  s3: S3Client;
  region: string;
}

/** https://docs.aws.amazon.com/personalize/latest/dg/API_CreateBatchInferenceJob.html */
const DEFAULT_RESULTS = 25;
/** In characters: 5,000,000 users of a segment, of some 25 characters each. */
const LONGEST_LINE = 128 * 1024 ** 2;

/** More than any record that Personalize takes: 500 items of 256 characters. */
const LONGEST_INPUT = 262_144;

/** Holds each `.out` file to its input file. Personalize counts nothing, so the input is all there is to compare with. */
export async function verify(
  { s3 }: Clients,
  service: string,
  { request }: SucceededJob<BatchSegmentRequest>,
  options: ReadingOptions,
): Promise<Verification> {
  const problems = new Problems();
  const verification: Verification = { files: 0, records: { total: 0, invalid: 0 }, problems: [] };
  const inputPath = request.jobInput.s3DataSource.path;
  const outputPath = request.jobOutput.s3DataDestination.path;
  const input = parseS3Uri(inputPath);
  const output = parseS3Uri(outputPath.endsWith('/') ? outputPath : `${outputPath}/`);
  if (!input || !output) {
    problems.ofFile(input ? outputPath : inputPath, 'this is not an S3 URI, so the results cannot be read');
    return { ...verification, problems: problems.all };
  }
  const reading = { s3, options, problems, verification };
  const folder = input.key.lastIndexOf('/') + 1;
  let inputs = 0;
  // Personalize takes the path as the beginning of keys.
  for await (const key of listKeys(s3, input)) {
    inputs += 1;
    const result = { bucket: output.bucket, key: `${output.key}${key.slice(folder)}.out` };
    const segment = service === 'personalize/batch-segment';
    await verifyFile(reading, { bucket: input.bucket, key }, result, segment, request.numResults ?? DEFAULT_RESULTS);
  }
  if (inputs === 0) problems.ofFile(inputPath, 'there is no input file any more to compare with');
  return { ...verification, problems: problems.all };
}

interface Reading {
  s3: S3Client;
  options: ReadingOptions;
  problems: Problems;
  verification: Verification;
}

async function verifyFile(
  { s3, options, problems, verification }: Reading,
  input: S3Location,
  result: S3Location,
  segment: boolean,
  numResults: number,
): Promise<void> {
  const file = `s3://${result.bucket}/${result.key}`;
  const chunks = await openObject(s3, result, options);
  if (!chunks) return problems.ofFile(file, 'the result file is missing');
  verification.files += 1;
  const answered = new Multiset();
  let lines = 0;
  let comparable = true;
  for await (const { text, tooLong } of textLines(chunks, LONGEST_LINE)) {
    lines += 1;
    verification.records.total += 1;
    const line = tooLong ? undefined : readResultLine(text, segment, numResults);
    if (!line) problems.ofLine(file, tooLong ? 'the line is too long' : 'the line is not a result in JSON', lines);
    if (line?.invalid) verification.records.invalid += 1;
    for (const wrong of line?.wrong ?? []) problems.ofLine(file, wrong, lines);
    if (line?.input === undefined) comparable = false;
    else answered.add(line.input);
  }
  const asked = new Multiset();
  const inputChunks = await openObject(s3, input, options);
  if (!inputChunks) return problems.ofFile(file, 'its input file is not there any more to compare with');
  for await (const { text, tooLong } of textLines(inputChunks, LONGEST_LINE)) {
    if (text.trim() === '') continue;
    // A result repeats only the beginning of a record that is too long.
    if (tooLong || text.length > LONGEST_INPUT) comparable = false;
    asked.add(inputRecord(text));
  }
  if (lines !== asked.size)
    problems.ofFile(file, `${thereAre(lines, 'line')} for ${counted(asked.size, 'input record')}`);
  else if (comparable && !answered.equals(asked)) problems.ofFile(file, 'the inputs are not those of the input file');
}
