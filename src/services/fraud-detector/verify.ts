import { pipeline } from 'node:stream';
import type { FraudDetectorClient } from '@aws-sdk/client-frauddetector';
import type { S3Client } from '@aws-sdk/client-s3';
import { CsvError, parse } from 'csv-parse';
import { parseS3Uri, type S3Location } from '../../pipeline/s3-uri.ts';
import type { Verification } from '../../pipeline/verification.ts';
import { grouped, thereAre } from '../../pipeline/wording.ts';
import { Multiset } from '../results/multiset.ts';
import { listKeys, openObject } from '../results/objects.ts';
import { Problems } from '../results/problems.ts';
import type { ReadingOptions, SucceededJob } from '../service.ts';
import type { BatchPredictionRequest } from './request.ts';

export interface Clients {
  client: FraudDetectorClient;
  s3: S3Client;
  region: string;
}

/** In bytes; keeps memory constant when a quote is never closed. */
const LONGEST_RECORD = 1024 ** 2;
/** `RULE_RESULTS` came later and may be absent. */
const ADDED = ['MODEL_SCORES', 'OUTCOMES', 'STATUS'];

/** Holds the one result file to the input file, whose records it repeats with the scores added. */
export async function verify(
  { s3 }: Clients,
  { ref, request, records: counted }: SucceededJob<BatchPredictionRequest>,
  options: ReadingOptions,
): Promise<Verification> {
  const problems = new Problems();
  const verification: Verification = { files: 0, records: { total: 0, invalid: 0 }, problems: [] };
  const end = (file: string, what: string): Verification => {
    problems.ofFile(file, what);
    return { ...verification, problems: problems.all };
  };
  const input = parseS3Uri(request.inputPath);
  const prefix = parseS3Uri(`${request.outputPath.replace(/\/$/, '')}/${ref.id}_`);
  if (!input || !prefix) return end(request.outputPath, 'the input or the output is not an S3 URI');
  const keys: string[] = [];
  for await (const key of listKeys(s3, prefix)) {
    if (/^\d{10}_output\.csv$/.test(key.slice(prefix.key.length)) && keys.push(key) > 1) break;
  }
  const [key] = keys;
  if (key === undefined) return end(request.outputPath, 'the result file is missing');
  if (keys.length > 1) return end(request.outputPath, 'there is more than one result file of this job');
  const file = `s3://${prefix.bucket}/${key}`;
  const results = csvRows(s3, { bucket: prefix.bucket, key }, options);
  const inputs = csvRows(s3, input, options);
  try {
    const header = (await results.next()).value;
    const inputHeader = (await inputs.next()).value;
    verification.files = 1;
    if (!header) return end(file, 'the result file is missing or empty');
    if (!inputHeader)
      return end(request.inputPath, 'the input file is missing or empty: there is nothing to compare with');
    if (inputHeader.fields.some((column) => !header.fields.includes(column)))
      return end(file, 'a column of the input is missing');
    const places = placesInOrder(inputHeader.fields, header.fields);
    if (!places) return end(file, 'the columns of the input are not in their order any more');
    if (ADDED.some((column) => !header.fields.includes(column)))
      return end(file, `not all of ${ADDED.join(', ')} are there`);
    const status = header.fields.indexOf('STATUS');
    const asked = new Multiset();
    const answered = new Multiset();
    const differing: number[] = [];
    for (;;) {
      const [result, record] = [(await results.next()).value, (await inputs.next()).value];
      if (!result && !record) break;
      const before = record && JSON.stringify(record.fields);
      const after = result && JSON.stringify(places.map((place) => result.fields[place] ?? ''));
      if (before !== undefined) asked.add(before);
      if (!result || after === undefined) continue;
      answered.add(after);
      verification.records.total += 1;
      if (result.fields[status]?.toLowerCase() !== 'success') verification.records.invalid += 1;
      if (result.fields.length !== header.fields.length)
        problems.ofLine(file, 'the line has not as many fields as the header', result.line);
      if (before !== after && differing.length < 10) differing.push(result.line);
    }
    const { total } = verification.records;
    if (total !== asked.size)
      problems.ofFile(file, `${thereAre(total, 'record')} for ${grouped(asked.size)} of the input`);
    else if (!answered.equals(asked))
      for (const line of differing) problems.ofLine(file, 'the columns of the input are changed', line);
    for (const count of [counted?.total, counted?.processed])
      if (count !== undefined && count !== total)
        problems.ofFile(file, `${thereAre(total, 'record')}, but the service counted ${grouped(count)}`);
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    return end(file, 'the result file or its input is not valid CSV');
  } finally {
    // After an early return, the rest of the files is of no interest: this closes their connections.
    await Promise.all([results.return(undefined), inputs.return(undefined)]);
  }
  return { ...verification, problems: problems.all };
}

/** Where these columns stand in a header that may have others before, between and after them. */
function placesInOrder(columns: readonly string[], header: readonly string[]): number[] | undefined {
  const places: number[] = [];
  // Two columns may have one name, so each is looked for behind the one before.
  for (const column of columns) places.push(header.indexOf(column, (places.at(-1) ?? -1) + 1));
  return places.includes(-1) ? undefined : places;
}

interface Row {
  fields: string[];
  /** The line on which the record ends. */
  line: number;
}

async function* csvRows(s3: S3Client, location: S3Location, options: ReadingOptions): AsyncGenerator<Row, undefined> {
  const chunks = await openObject(s3, location, options);
  if (!chunks) return;
  const parser = parse({
    bom: true,
    info: true,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    max_record_size: LONGEST_RECORD,
  });
  // A failure to read reaches the parser, and with it the loop.
  pipeline(chunks, parser, () => undefined);
  for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: { lines: number } }>)
    yield { fields: record, line: info.lines };
}
