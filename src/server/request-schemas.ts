import { z } from 'zod';
import { RUN_STATUSES } from '../client/run-summary.ts';
import { NAME_RULES, type NameKind } from '../pipeline/names.ts';

function name(kind: NameKind): z.ZodString {
  const { pattern, says } = NAME_RULES[kind];
  return z.string().regex(pattern, says);
}

export const pipelineName = name('pipeline').describe('Name of a pipeline');
export const keyOfRun = name('key').describe(
  'What follows the pipeline in a run key: a period such as 2026-11-20, or a key',
);
export const stepId = name('step').describe('Id of a step');

/** The path of a run. */
export const runPath = z.strictObject({ pipeline: pipelineName, key: keyOfRun });

/** The header `Idempotency-Key`. */
export const requestName = z.exactOptional(
  z.string().regex(/^[\x21-\x7e]{1,255}$/, 'must be 1 to 255 visible ASCII characters'),
);

export const runStatus = z.enum(RUN_STATUSES);

/** How long a request may wait for a run to end. */
export const waitText = z
  .string()
  .regex(/^(?:[1-9]|[1-5]\d|60)s$/, 'must be 1s to 60s')
  .describe('How long to wait for the run to end');

/** Milliseconds of such a text. */
export function waitMs(text: string): number {
  return Number.parseInt(text, 10) * 1000;
}

export const runSummary = z
  .object({
    id: z.string().describe('The run key'),
    runId: z.string().describe('Temporal run id of the latest run under the key'),
    pipeline: z.string(),
    key: z.string(),
    status: runStatus,
    startedAt: z.string().meta({ format: 'date-time' }),
    endedAt: z.exactOptional(z.string().meta({ format: 'date-time' })),
  })
  .meta({ id: 'Run' });
