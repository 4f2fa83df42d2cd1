import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { MachineLearningClient } from '@aws-sdk/client-machine-learning';

const COUNTS: ReadonlySet<string> = new Set(['ComputeTime', 'TotalRecordCount', 'InvalidRecordCount']);
const TIMES: ReadonlySet<string> = new Set(['CreatedAt', 'LastUpdatedAt', 'StartedAt', 'FinishedAt']);

/**
 * Lets the client read counts that come as texts, as in AWS's sample answers, and times as ISO 8601: it refuses a whole answer for the former
 * and takes the latter for 1970. https://docs.aws.amazon.com/machine-learning/latest/APIReference/API_DescribeBatchPredictions.html
 */
export function acceptNumberTexts(client: MachineLearningClient): void {
  client.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const response = result.response as { statusCode: number; body: Readable | Buffer };
      if (response.statusCode < 300) response.body = Buffer.from(withNumbers(await text(response.body as Readable)));
      return result;
    },
    { name: 'acceptNumberTexts', step: 'deserialize', priority: 'low' },
  );
}

function withNumbers(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body, numberOf));
  } catch {
    // The client says better than we could what is wrong with it.
    return body;
  }
}

function numberOf(member: string, value: unknown): unknown {
  if (typeof value !== 'string' || value.trim() === '') return value;
  if (COUNTS.has(member) && Number.isFinite(Number(value))) return Number(value);
  if (TIMES.has(member) && Number.isNaN(Number(value))) return Date.parse(value) / 1000;
  return value;
}
