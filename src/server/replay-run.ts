import { RunStateError } from '../client/errors.ts';
import { replayedMeanwhile, type ReplayOptions, type ReplayPlan } from '../client/replay.ts';
import type { RunStatus } from '../client/run-summary.ts';
import { parseRunKey } from '../pipeline/run-key.ts';
import type { ApiContext } from './context.ts';
import { nameWasUsed, type NamedRequest } from './request-claims.ts';

export interface ReplayRequest extends ReplayOptions {
  /** Temporal run id that a plan was made for: nothing is started when it is not the latest any more. */
  of?: string;
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
  if (requestName === undefined) return replay(context, request, await planOf(context, request));
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
  const plan = await planOf(context, request);
  const before = await context.claims.claim(named, { run, of: plan.of });
  if (before && (before.run !== run || before.of === undefined)) throw nameWasUsed(named, before);
  if (before && before.of !== plan.of) throw replayedMeanwhile(run);
  return replay(context, request, plan);
}

/** As it is told before a replay, so that who asks for none is warned as well. */
async function planOf({ nightscore }: Context, { of, ...request }: ReplayRequest): Promise<ReplayPlan> {
  const plan = await nightscore.planReplay(request);
  if (of !== undefined && of !== plan.of) throw replayedMeanwhile(request.run);
  return plan;
}

async function replay({ nightscore }: Context, request: ReplayRequest, plan: ReplayPlan): Promise<ReplayAnswer> {
  const { run, of } = plan;
  const { runId } = await nightscore.replay({ ...request, of, trigger: `api (${request.caller})` });
  return { run, runId, status: 'running', plan };
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
