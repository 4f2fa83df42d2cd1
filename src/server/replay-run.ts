import { createHash } from 'node:crypto';
import { RunStateError } from '../client/errors.ts';
import { replayedMeanwhile, type ReadyReplay, type ReplayOptions, type ReplayPlan } from '../client/replay.ts';
import type { RunStatus } from '../client/run-summary.ts';
import type { Params } from '../pipeline/definition.ts';
import { parseRunKey } from '../pipeline/run-key.ts';
import { counted } from '../pipeline/wording.ts';
import type { ApiContext } from './context.ts';
import { nameWasUsed, type Claim, type NamedRequest } from './request-claims.ts';

export interface ReplayRequest extends ReplayOptions {
  params?: Params;
  /** Temporal run id that a plan was made for: nothing is started when it is not the latest any more. */
  of?: string;
  /** How many steps may pay for a job once more: nothing is started when it would be more. */
  paysAgain?: number | undefined;
  reason?: string;
  /** The header `Idempotency-Key`. */
  requestName?: string | undefined;
  /** Name of the caller. */
  caller: string;
}

export interface ReplayAnswer {
  run: string;
  /** Temporal run id of the replay. */
  runId: string;
  status: RunStatus;
  /** Absent when the request was done before. */
  plan?: ReplayPlan;
}

type Context = Pick<ApiContext, 'nightscore' | 'claims'>;

/**
 * Replays a run, once for all requests of one name. Throws what `NightscoreClient.replay` throws, and an ApiProblem when the name was used for something
 * else.
 */
export async function replayRun(context: Context, request: ReplayRequest): Promise<ReplayAnswer> {
  const { run, caller, requestName } = request;
  if (requestName === undefined) return replay(request, await prepare(context, request));
  const named = { caller, pipeline: parseRunKey(run).pipeline, name: requestName };
  try {
    return await replayOnce(context, request, named);
  } catch (error) {
    // The replay that goes on, or that came first, may be that of this request, sent before.
    const done = error instanceof RunStateError ? await doneBefore(context, request, named) : undefined;
    if (done) return done;
    throw error;
  }
}

async function replayOnce(context: Context, request: ReplayRequest, named: NamedRequest): Promise<ReplayAnswer> {
  const { run } = request;
  const prepared = await prepare(context, request);
  const { plan } = prepared;
  // One that is refused, for there is nothing to do, shall have used up nothing.
  const before = plan.isNothingToDo
    ? await context.claims.find(named)
    : await context.claims.claim(named, { run, of: plan.of, asked: hashOfAsked(request) });
  if (before) assertIsFor(request, named, before);
  if (before && before.of !== plan.of) throw replayedMeanwhile(run);
  return replay(request, prepared);
}

/** Throws an ApiProblem when a name was used for anything but what this request asks for. */
function assertIsFor(request: ReplayRequest, named: NamedRequest, before: Claim): void {
  if (before.run !== request.run || before.of === undefined) throw nameWasUsed(named, before);
  if (before.asked === undefined || before.asked === hashOfAsked(request)) return;
  throw nameWasUsed(named, before, ' with another from, definition or params');
}

/** A short hash of what a replay is to do. The reason and what was seen in a plan are no part of it: they only say why, and when not to. */
function hashOfAsked({ from, definition, params = {} }: ReplayRequest): string {
  const sorted = Object.entries(params).toSorted(([one], [other]) => (one < other ? -1 : 1));
  const asked = JSON.stringify({ from, definition: definition ? 'new' : 'same', params: sorted });
  return createHash('sha256').update(asked).digest('hex').slice(0, 16);
}

async function prepare({ nightscore }: Context, request: ReplayRequest): Promise<ReadyReplay> {
  const prepared = await nightscore.prepareReplay(request);
  const { run, paysAgain } = prepared.plan;
  if (request.paysAgain === undefined || paysAgain <= request.paysAgain) return prepared;
  throw new RunStateError([
    `The replay of run ${run} would pay for ${counted(paysAgain, 'job')} again by now, and for ${request.paysAgain} in the plan that was seen: look at it with dryRun. Nothing was started.`,
  ]);
}

async function replay({ reason, caller }: ReplayRequest, { plan, start }: ReadyReplay): Promise<ReplayAnswer> {
  const runId = await start({ trigger: `api (${caller})`, ...(reason !== undefined && { reason }) });
  return { run: plan.run, runId, status: 'running', plan };
}

/** What to answer where the run was replayed since its name was claimed for this request; undefined where it was not. */
async function doneBefore(
  { nightscore, claims }: Context,
  request: ReplayRequest,
  named: NamedRequest,
): Promise<ReplayAnswer | undefined> {
  const claim = await claims.find(named);
  if (!claim) return undefined;
  assertIsFor(request, named, claim);
  const { run } = request;
  const latest = await nightscore.standing(run);
  return latest && latest.runId !== claim.of ? { run, ...latest } : undefined;
}
