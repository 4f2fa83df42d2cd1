import { GetDataSourceCommand } from '@aws-sdk/client-machine-learning';
import { z } from 'zod';
import { parseS3Uri, type S3Location } from '../../pipeline/s3-uri.ts';
import { textLines } from '../../text-lines.ts';
import { callAws, ServiceError, type ErrorClass } from '../errors.ts';
import { listKeys, openObject } from '../results/objects.ts';
import type { ReadingOptions } from '../service.ts';
import type { Clients } from './preconditions.ts';

/** What the data source says of the input, as far as we may know it. */
export interface InputData {
  /** S3 URIs of the input files. */
  files?: ReadonlySet<string> | undefined;
  hasHeader?: boolean | undefined;
  /** Null when no column identifies the records. */
  rowId?: string | null | undefined;
}

/** Those parts of a data source's schema that shape the result files. */
const dataSchema = z.object({ dataFileContainsHeader: z.boolean(), rowId: z.string().nullish() });

/** More than a record may have, 100 KB; of a longer line only the end matters here. */
const LONGEST_RECORD = 128 * 1024;

/** Without the permission to read it, or once it is deleted, the results are held to less. */
const UNREADABLE: readonly ErrorClass[] = ['denied', 'invalid', 'not-found', 'unknown'];

/** The answer, or undefined when the call fails in one of these ways, by default as one does that is not permitted. */
export async function ifReadable<Answer>(
  read: () => Promise<Answer>,
  classes: readonly ErrorClass[] = UNREADABLE,
): Promise<Answer | undefined> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof ServiceError && classes.includes(error.class)) return undefined;
    throw error;
  }
}

export async function readInputData(
  { client, s3 }: Clients,
  dataSourceId: string,
  { signal }: ReadingOptions,
): Promise<InputData> {
  const command = new GetDataSourceCommand({ DataSourceId: dataSourceId, Verbose: true });
  const dataSource = await ifReadable(() =>
    callAws('GetDataSource', () => client.send(command, { abortSignal: signal })),
  );
  const location = parseS3Uri(dataSource?.DataLocationS3 ?? '');
  const schema = readSchema(dataSource?.DataSourceSchema);
  return {
    files: location && (await ifReadable(() => inputFiles({ s3 }, location), ['denied'])),
    hasHeader: schema?.dataFileContainsHeader,
    rowId: schema && (schema.rowId ?? null),
  };
}

function readSchema(text = ''): z.infer<typeof dataSchema> | undefined {
  try {
    return dataSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

async function inputFiles({ s3 }: Pick<Clients, 's3'>, location: S3Location): Promise<ReadonlySet<string>> {
  const { bucket, key } = location;
  const files = new Set<string>();
  if (key !== '' && !key.endsWith('/')) return files.add(`s3://${bucket}/${key}`);
  for await (const file of listKeys(s3, location)) files.add(`s3://${bucket}/${file}`);
  return files;
}

/** How many records an input file has at least and at most: nobody says whether a blank line is one. */
export interface RecordCount {
  least: number;
  most: number;
}

/** Undefined when there is no such file. */
export async function countRecords(
  s3: Clients['s3'],
  file: string,
  hasHeader: boolean,
  options: ReadingOptions,
): Promise<RecordCount | undefined> {
  const location = parseS3Uri(file);
  const chunks = location && (await openObject(s3, location, options));
  if (!chunks) return undefined;
  let lines = 0;
  let blank = 0;
  for await (const { text } of textLines(chunks, LONGEST_RECORD)) {
    lines += 1;
    if (text.trim() === '') blank += 1;
  }
  const most = Math.max(lines - (hasHeader ? 1 : 0), 0);
  return { least: Math.max(most - blank, 0), most };
}
