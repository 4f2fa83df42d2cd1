import { z } from 'zod';
import { parseS3Uri } from '../../pipeline/s3-uri.ts';
import { openObject } from '../results/objects.ts';
import type { ReadingOptions } from '../service.ts';
import type { Clients } from './preconditions.ts';

/** In bytes; some hundred thousand input files. */
const LONGEST_MANIFEST = 64 * 1024 ** 2;

/** The S3 URI of a result file by that of its input file. */
const manifestSchema = z.record(z.string(), z.string());

/** The result file of each input file, or why there is nothing to go by. */
export async function readManifest(
  s3: Clients['s3'],
  manifest: string,
  options: ReadingOptions,
): Promise<Map<string, string> | { wrong: string }> {
  const location = parseS3Uri(manifest);
  const chunks = location && (await openObject(s3, location, options));
  if (!chunks) return { wrong: 'the manifest is missing' };
  const text = await readText(chunks);
  if (text === undefined) return { wrong: 'the manifest is too long' };
  const entries = parseManifest(text);
  if (!entries) return { wrong: 'the manifest is not JSON that names a result file for each input file' };
  return entries.size > 0 ? entries : { wrong: 'the manifest is empty' };
}

async function readText(chunks: AsyncIterable<Buffer>): Promise<string | undefined> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (bytes > LONGEST_MANIFEST) return undefined;
    parts.push(chunk);
  }
  return Buffer.concat(parts).toString();
}

function parseManifest(text: string): Map<string, string> | undefined {
  try {
    // AWS's own examples have a line end within a text.
    const found = manifestSchema.safeParse(JSON.parse(text.replace(/\p{Cc}/gu, '')));
    return found.data && new Map(Object.entries(found.data).map(([input, file]) => [input.trim(), file.trim()]));
  } catch {
    return undefined;
  }
}
