import { createHash } from 'node:crypto';
import { assertCanRun, type StartResult } from '../client/nightscore-client.ts';
import { chosenKey, type PeriodWords } from '../client/run-period.ts';
import type { RunStatus } from '../client/run-summary.ts';
import type { Params, PipelineDefinition } from '../pipeline/definition.ts';
import { nameProblem } from '../pipeline/names.ts';
import { parseRunKey, runKey } from '../pipeline/run-key.ts';
import type { ApiContext } from './context.ts';
import { nameWasUsed } from './request-claims.ts';

export interface StartRequest {
  /** A day or an hour; the current one when there is no key either. */
  period?: string | undefined;
  /** The whole key, as pipelines without a period need it. */
  key?: string | undefined;
  params?: Params | undefined;
  /** The header `Idempotency-Key`. */
  requestName?: string | undefined;
  /** Name of the caller. */
  caller: string;
}

export interface StartAnswer extends StartResult {
  status: RunStatus;
}

const WORDS: PeriodWords = {
  date: 'period',
  key: 'key',
  keyExample: '"key": "first-try", or the header Idempotency-Key',
};

/**
 * Starts a run once, however often it is asked for: the same period, key or name of the request gives the same run. Throws an ApiProblem when the
 * name was used for something else, and what `NightscoreClient.start` throws.
 */
export async function startRun(
  { nightscore, claims }: Pick<ApiContext, 'nightscore' | 'claims'>,
  definition: PipelineDefinition,
  request: StartRequest,
): Promise<StartAnswer> {
  const { params = {}, caller } = request;
  const key = await keyOf(claims, definition, request);
  const result = await nightscore.start({ pipeline: definition, key, params, trigger: `api (${caller})` });
  if (result.started) return { ...result, status: 'running' };
  const standing = await nightscore.standing(result.run);
  return { ...result, status: standing?.status ?? 'running' };
}

async function keyOf(
  claims: ApiContext['claims'],
  definition: PipelineDefinition,
  asked: StartRequest,
): Promise<string> {
  const { params = {}, requestName, caller } = asked;
  const chosen = askedKey(definition, asked);
  if (requestName === undefined) return chosen;
  // A request that is refused shall have used up nothing.
  await assertCanRun(definition, chosen, params);
  const request = { caller, pipeline: definition.name, name: requestName };
  const run = runKey(definition.name, chosen);
  const before = (await claims.claim(request, { run })) ?? { run };
  if (before.of !== undefined || (saysWhich(asked) && before.run !== run)) throw nameWasUsed(request, before);
  return parseRunKey(before.run).key;
}

/** The key that a request asks for, as far as it says itself: a name that was used before may mean another. */
function askedKey(definition: PipelineDefinition, asked: StartRequest): string {
  const { period, key, requestName } = asked;
  if (requestName !== undefined && !saysWhich(asked) && definition.period === 'none')
    return keyOfRequestName(requestName);
  const options = { ...(period !== undefined && { date: period }), ...(key !== undefined && { key }) };
  return chosenKey(definition, options, new Date(), WORDS);
}

function saysWhich({ period, key }: StartRequest): boolean {
  return period !== undefined || key !== undefined;
}

/** The name itself where it can be a key, so that people find the run by it. */
function keyOfRequestName(name: string): string {
  if (nameProblem('key', name) === undefined) return name;
  return `request-${createHash('sha256').update(name).digest('hex').slice(0, 40)}`;
}
