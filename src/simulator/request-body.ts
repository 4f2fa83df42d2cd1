import type { IncomingMessage } from 'node:http';
import { AwsError } from './aws-error.ts';

/** No request of the simulated services comes near it. */
const LARGEST_BODY_BYTES = 1_048_576;

/**
 * Reads the body of a request as JSON.
 *
 * @throws AwsError when it is too large, not UTF-8 or not JSON
 */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  const bytes = await readBytes(request);
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new AwsError('SerializationException', 'The request body is not valid JSON.');
  }
}

async function readBytes(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  // Without destroyOnReturn, leaving the loop early would cut the connection before the client hears why.
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > LARGEST_BODY_BYTES) {
      throw new AwsError('RequestEntityTooLargeException', `Request size exceeded ${LARGEST_BODY_BYTES} bytes`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
