import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { assertCanRun } from '../client/nightscore-client.ts';
import { chosenKey, type PeriodWords } from '../client/run-period.ts';
import type { RunStatus } from '../client/run-summary.ts';
import type { Params, PipelineDefinition } from '../pipeline/definition.ts';
import { nameProblem } from '../pipeline/names.ts';
import { resolveParams } from '../pipeline/params.ts';
import { parseRunKey, runKey } from '../pipeline/run-key.ts';
import type { RunPipelineInput } from '../workflows/run-pipeline.ts';
import type { ApiContext } from './context.ts';
import { ApiProblem, type Difference } from './problems.ts';
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

export interface StartAnswer {
  run: string;
  /** False when the run existed before. */
  started: boolean;
  status: RunStatus;
}

const WORDS: PeriodWords = {
  date: 'period',
  key: 'key',
  keyExample: '"key": "first-try", or the header Idempotency-Key',
};

/** As many as a person reads. */
const MAX_DIFFERENCES = 20;

/**
 * Starts a run once, however often it is asked for: the same period, key or name of the request gives the same run. Throws an ApiProblem when that run was
 * started with other input, and what `NightscoreClient.start` throws.
 */
export async function startRun(
  { nightscore, claims }: Pick<ApiContext, 'nightscore' | 'claims'>,
  definition: PipelineDefinition,
  request: StartRequest,
): Promise<StartAnswer> {
  const { params = {}, caller } = request;
  const key = await keyOf(claims, definition, request);
  const { run, started } = await nightscore.start({ pipeline: definition, key, params, trigger: `api (${caller})` });
  if (started) return { run, started, status: 'running' };
  const differences = await differencesFromRun(nightscore, run, definition, params);
  if (differences.length > 0) throw differs(run, differences);
  const standing = await nightscore.standing(run);
  return { run, started, status: standing?.status ?? 'running' };
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

/** A start that is repeated finds its run also after a replay with something else. */
async function differencesFromRun(
  nightscore: ApiContext['nightscore'],
  run: string,
  definition: PipelineDefinition,
  params: Params,
): Promise<Difference[]> {
  const latest = await nightscore.inputOf(run);
  const differences = differencesFrom(latest, definition, params);
  if (differences.length === 0 || !latest.replay) return differences;
  const fromFirst = differencesFrom(await nightscore.firstInputOf(run), definition, params);
  return fromFirst.length === 0 ? [] : differences;
}

/** In what a run that exists differs from the one that is asked for. What a worker read from its own file is not known here, and not compared. */
function differencesFrom(existing: RunPipelineInput, definition: PipelineDefinition, params: Params): Difference[] {
  const theirs = typeof existing.pipeline === 'string' ? definition : existing.pipeline;
  const found = [
    ...differencesOf('params', allParams(theirs, existing.params ?? {}), allParams(definition, params)),
    ...differencesOf('pipeline', theirs, definition),
  ];
  return found.slice(0, MAX_DIFFERENCES);
}

/** With the defaults of those that are not given, because to give a default is to say the same. */
function allParams(definition: PipelineDefinition, given: Params): Params {
  return resolveParams(definition, given).params ?? given;
}

/** The innermost members in which two values differ. */
function differencesOf(what: string, run: unknown, asked: unknown): Difference[] {
  if (isDeepStrictEqual(run, asked)) return [];
  if (!isMapping(run) || !isMapping(asked)) return [{ what, run, asked }];
  const names = new Set([...Object.keys(run), ...Object.keys(asked)]);
  return [...names].flatMap((name) => differencesOf(`${what}.${name}`, run[name], asked[name]));
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function differs(run: string, differences: readonly Difference[]): ApiProblem {
  const what = differences.map((difference) => difference.what).join(', ');
  const detail = `Run ${run} exists already and differs from what is asked for in ${what}; nothing was changed. Ask for another period or key, or for what the run was started with.`;
  return new ApiProblem('conflict', { detail, differences });
}
