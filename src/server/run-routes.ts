import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { RunFilter } from '../client/run-filter.ts';
import { PAST_MOMENT_RULE, pastMomentOf } from '../pipeline/past-moment.ts';
import { runKey } from '../pipeline/run-key.ts';
import { assertMayTouch, callerOfRequest } from './authorization.ts';
import { limitsOf, type Caller } from './callers.ts';
import { inTime, type ApiContext } from './context.ts';
import { ApiProblem, problemAnswers } from './problems.ts';
import { reportSchema } from './report-schema.ts';
import { keyOfRun, pipelineName, runPath, runStatus, runSummary, waitMs, waitText } from './request-schemas.ts';

const MAX_PAGE = 200;

const filter = z.strictObject({
  pipeline: z.exactOptional(pipelineName),
  key: z
    .exactOptional(keyOfRun)
    .describe(
      'A period or key. Without a pipeline it leaves out, for a token of all pipelines, runs that were started by a client of Temporal and that no worker has taken up yet',
    ),
  status: z.exactOptional(runStatus),
  service: z
    .exactOptional(z.string().regex(/^[a-z0-9/-]{1,100}$/, 'must be the name of a service or follow-up'))
    .describe('A service or follow-up that the runs use'),
  job: z
    .exactOptional(z.string().regex(/^[A-Za-z0-9._:/-]{1,200}$/, 'must be the id of a job'))
    .describe('A job that the run started'),
  since: z
    .exactOptional(z.string().max(40))
    .describe('Started since a date or time (2026-11-20), or since so long ago (7d)'),
  limit: z.coerce.number().int().min(1).max(MAX_PAGE).default(50).describe('At most so many runs'),
  cursor: z
    .exactOptional(z.string().regex(/^[\w-]{1,2000}$/, 'must be the `next` of another page'))
    .describe('The `next` of the page before, with the same filters'),
});

const page = z
  .object({
    runs: z.array(runSummary),
    next: z.exactOptional(z.string()).describe('The `cursor` of the next page; absent on the last one'),
  })
  .meta({ id: 'RunPage' });

/** Reading runs: a page of them, or one. */
export const runRoutes: FastifyPluginAsyncZod<ApiContext> = async (app, context) => {
  app.route({
    method: 'GET',
    url: '/v1/runs',
    config: { access: 'read' },
    schema: {
      operationId: 'listRuns',
      tags: ['Runs'],
      summary: 'List runs',
      description:
        'Those that go on first, then the latest. A token that is for some pipelines sees the runs of those.',
      querystring: filter,
      response: { 200: page.describe('A page of runs'), ...problemAnswers() },
    },
    handler: async (request) => {
      const { limit, cursor, since, ...equals } = request.query;
      const filters = { ...equals, ...limitedTo(callerOfRequest(request), equals.pipeline), ...startedSince(since) };
      const options = { limit, ...(cursor !== undefined && { cursor }) };
      return inTime(context, () => context.nightscore.listPage(filters, options));
    },
  });

  app.route({
    method: 'GET',
    url: '/v1/runs/:pipeline/:key',
    config: { access: 'read' },
    schema: {
      operationId: 'getRun',
      tags: ['Runs'],
      summary: 'Get the report of a run',
      description: 'What is known of a run now; with `wait`, as soon as it has ended.',
      params: runPath,
      querystring: z.strictObject({ wait: z.exactOptional(waitText) }),
      response: {
        200: reportSchema.describe('The report. With `wait`, that of a run that has ended'),
        202: reportSchema.describe('The time of `wait` is over and the run goes on'),
        ...problemAnswers('not-found'),
      },
    },
    handler: async (request, reply) => {
      const run = runKey(request.params.pipeline, request.params.key);
      const { wait } = request.query;
      const report =
        wait === undefined ? await context.reports.now(run) : await context.reports.ended(run, waitMs(wait), reply);
      if (wait !== undefined && report.outcome === undefined) reply.code(202).header('retry-after', '1');
      return report;
    },
  });
};

/** What a caller may see of the runs that he asks for. */
function limitedTo(caller: Caller, pipeline: string | undefined): Pick<RunFilter, 'ofPipelines'> {
  if (pipeline !== undefined) {
    assertMayTouch(caller, pipeline);
    return {};
  }
  const limits = limitsOf(caller);
  return limits === undefined ? {} : { ofPipelines: limits };
}

function startedSince(since: string | undefined): Pick<RunFilter, 'startedAfter'> {
  if (since === undefined) return {};
  const moment = pastMomentOf(since, new Date());
  if (!moment) throw new ApiProblem('invalid-request', { detail: `query since: ${PAST_MOMENT_RULE}` });
  return { startedAfter: moment };
}
