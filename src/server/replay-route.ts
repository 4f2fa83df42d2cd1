import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { RunNotFoundError } from '../client/errors.ts';
import { runKey } from '../pipeline/run-key.ts';
import { audit, changing } from './audit.ts';
import { callerOfRequest } from './authorization.ts';
import { inTime, type ApiContext } from './context.ts';
import { loadPipeline } from './load-pipeline.ts';
import { problemAnswers } from './problems.ts';
import { replayRun } from './replay-run.ts';
import { requestName, runPath, runStatus, stepId } from './request-schemas.ts';

const MAX_REASON_LENGTH = 500;

/** A worker goes through the history of the run, and looks at its jobs and result files: 18, 20 and 20 s at most. */
const REPLAY_LIMIT_MS = 60_000;

const body = z
  .strictObject({
    from: z.exactOptional(stepId).describe('Run this step again, and all that need it, even if they succeeded'),
    definition: z
      .exactOptional(z.enum(['same', 'new']))
      .describe('The definition that the run had, or that of the server’s folder now; same by default'),
    params: z
      .exactOptional(z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])))
      .describe('Other values of parameters, by their names'),
    reason: z.exactOptional(z.string().max(MAX_REASON_LENGTH)).describe('Why, for people'),
    of: z
      .exactOptional(z.string().regex(/^[0-9a-f-]{1,64}$/, 'must be the `of` of a plan'))
      .describe('The `of` of the plan that you have seen: nothing is started when the run was replayed since'),
    paysAgain: z
      .exactOptional(z.int().min(0))
      .describe(
        'The `paysAgain` of the plan that you have seen: nothing is started when more steps would pay once more by now',
      ),
    dryRun: z.exactOptional(z.boolean()).describe('Only say what a replay would do'),
  })
  .meta({ id: 'ReplayRun' });

const headers = z.looseObject({
  'idempotency-key': requestName.describe('A name for this request: repeated under it, it starts no other replay'),
});

const plannedStep = z
  .object({
    step: z.string(),
    uses: z.string(),
    action: z.enum(['reuse', 'adopt', 'pay again', 'run', 'skip']),
    why: z.string().describe('For a person'),
    isFirstJob: z
      .exactOptional(z.literal(true))
      .describe('What runs is the first job of the step, which is paid for, but not again'),
    last: z
      .exactOptional(z.looseObject({ outcome: z.exactOptional(z.string()), job: z.exactOptional(z.string()) }))
      .describe('How the step stands after the earlier runs: outcome, job, records, endedAt, durationMs'),
  })
  .meta({ id: 'PlannedStep' });

const plan = z
  .object({
    run: z.string().describe('The run key'),
    of: z.string().describe('Temporal run id of the run that is replayed'),
    steps: z.array(plannedStep),
    paysAgain: z.int().describe('How many steps pay for a job once more'),
    isNothingToDo: z
      .boolean()
      .describe('The run succeeded, and a replay, which would only reuse what it made, is refused'),
    warnings: z.array(z.string()),
  })
  .meta({ id: 'ReplayPlan' });

const replayed = z
  .object({
    run: z.string().describe('The run key'),
    runId: z.string().describe('Temporal run id of the replay'),
    status: runStatus,
    plan: z.exactOptional(plan).describe('Absent when a request of this name was done before'),
  })
  .meta({ id: 'ReplayedRun' });

export const replayRoute: FastifyPluginAsyncZod<ApiContext> = async (app, context) => {
  app.route({
    method: 'POST',
    url: '/v1/runs/:pipeline/:key/replay',
    config: { access: 'operate' },
    schema: {
      operationId: 'replayRun',
      tags: ['Runs'],
      summary: 'Replay a run that has ended',
      description:
        'Runs again what did not succeed, as a new Temporal run under the same run key: reuses the steps that succeeded, takes over jobs that still run or have ended since, and pays for new jobs only for the rest. With `dryRun` it only says so.',
      params: runPath,
      headers,
      body,
      response: {
        200: z
          .union([plan, replayed])
          .describe('With `dryRun`: what a replay would do. Else: a request of this name has started a replay before'),
        202: replayed.describe('The replay was started'),
        ...problemAnswers('not-found', 'wrong-state', 'too-large', 'not-json', 'invalid-pipeline'),
      },
    },
    handler: async (request, reply) => {
      const { pipeline, key } = request.params;
      const run = runKey(pipeline, key);
      const { definition, dryRun, paysAgain, ...given } = request.body;
      const options = {
        run,
        ...given,
        ...(definition === 'new' && { definition: await loadPipeline(context, callerOfRequest(request), pipeline) }),
      };
      // A cheap question first, so that a Temporal which is silent is told as soon as to any other request.
      if (!(await inTime(context, () => context.nightscore.standing(run)))) throw new RunNotFoundError(run);
      if (dryRun) return inTime(context, () => context.nightscore.planReplay(options), REPLAY_LIMIT_MS);
      const caller = callerOfRequest(request).name;
      const asked = { ...options, paysAgain, requestName: request.headers['idempotency-key'], caller };
      const answer = await changing(context.auditLog, request, { action: 'replay', run }, () =>
        inTime(context, () => replayRun(context, asked), REPLAY_LIMIT_MS),
      );
      const { plan: done } = answer;
      audit(context.auditLog, request, {
        action: 'replay',
        run,
        result: done ? 'started' : 'was started before',
        ...(done && { paysAgain: done.paysAgain }),
      });
      reply.code(done ? 202 : 200);
      return answer;
    },
  });
};
