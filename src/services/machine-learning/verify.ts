import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { MachineLearningClient } from '@aws-sdk/client-machine-learning';
import type { S3Client } from '@aws-sdk/client-s3';
import { parseS3Uri } from '../../pipeline/s3-uri.ts';
import type { Verification } from '../../pipeline/verification.ts';
import { textLines } from '../../text-lines.ts';
import { openObject } from '../results/objects.ts';
import { Problems } from '../results/problems.ts';
import type { ReadingOptions, SucceededJob } from '../service.ts';
import type { BatchPredictionRequest } from './request.ts';

export interface Clients {
  client: MachineLearningClient;
  s3: S3Client;
  region: string;
}

const LONGEST_LINE = 1024 ** 2;

/** Reads the result files that the manifest names and holds their lines to the service's counts. */
export async function verify(
  { s3 }: Clients,
  { ref, request, records: counted }: SucceededJob<BatchPredictionRequest>,
  options: ReadingOptions,
): Promise<Verification> {
  const problems = new Problems();
  const records = { total: 0, invalid: 0 };
  let files = 0;
  const manifest = `${request.OutputUri}batch-prediction/${ref.id}.manifest`;
  const open = async (uri: string) => {
    const location = parseS3Uri(uri);
    return location && openObject(s3, location, options);
  };
  const chunks = await open(manifest);
  if (!chunks) problems.ofFile(manifest, 'the manifest is missing');
  let text = '';
  for await (const chunk of chunks ?? []) if (text.length < LONGEST_LINE) text += chunk.toString();
  let results: unknown[] = [];
  try {
    // AWS's own examples have a line end within a text.
    if (chunks) results = Object.values(JSON.parse(text.replace(/\p{Cc}/gu, '')) as object);
  } catch {
    problems.ofFile(manifest, 'the manifest is not JSON');
  }
  for (const result of results) {
    const file = String(result).trim();
    const packed = await open(file);
    if (!packed) {
      problems.ofFile(file, 'the result file is missing');
      continue;
    }
    files += 1;
    try {
      let line = 0;
      for await (const { text: row } of textLines(
        pipeline(packed, createGunzip(), () => {}),
        LONGEST_LINE,
      )) {
        line += 1;
        if (line === 1) continue;
        records.total += 1;
        if (row.trim() === '') records.invalid += 1;
      }
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && String(error.code).startsWith('Z_'))) throw error;
      problems.ofFile(file, 'the file is not valid gzip, or is cut off');
    }
  }
  for (const what of ['total', 'invalid'] as const)
    if (counted?.[what] !== undefined && counted[what] !== records[what])
      problems.ofFile(
        manifest,
        `${what}: ${records[what]} records were found, but the service counted ${counted[what]}`,
      );
  return { files, records, problems: problems.all };
}
