import { RunStateError } from '../client/errors.ts';
import { replayedMeanwhile, type ReadyReplay, type ReplayOptions, type ReplayPlan } from '../client/replay.ts';
import type { RunStatus } from '../client/run-summary.ts';
import { parseRunKey } from '../pipeline/run-key.ts';
import { counted } from '../pipeline/wording.ts';
import type { ApiContext } from './context.ts';
import { nameWasUsed, type NamedRequest } from './request-claims.ts';

export interface ReplayRequest extends ReplayOptions {
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
    const done = error instanceof RunStateError ? await doneBefore(context, run, named) : undefined;
    if (done) return done;
    throw error;
  }
}

async function replayOnce(context: Context, request: ReplayRequest, named: NamedRequest): Promise<ReplayAnswer> {
  const { run } = request;
  const prepared = await prepare(context, request);
  const { plan } = prepared;
  const before = await context.claims.claim(named, { run, of: plan.of });
  if (before && (before.run !== run || before.of === undefined)) throw nameWasUsed(named, before);
  if (before && before.of !== plan.of) throw replayedMeanwhile(run);
  return replay(request, prepared);
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

async function doneBefore(
  { nightscore, claims }: Context,
  run: string,
  named: NamedRequest,
): Promise<ReplayAnswer | undefined> {
  const claim = await claims.find(named);
  const latest = await nightscore.standing(run);
  const isDone = claim?.run === run && claim.of !== undefined && latest && latest.runId !== claim.of;
  return isDone ? { run, ...latest } : undefined;
}
