import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { audit, changing } from './audit.ts';
import { callerOfRequest } from './authorization.ts';
import { inTime, type ApiContext } from './context.ts';
import { loadPipeline } from './load-pipeline.ts';
import { differenceSchema, problemAnswers } from './problems.ts';
import { reportSchema } from './report-schema.ts';
import { keyOfRun, pipelineName, requestName, runStatus, waitMs, waitText } from './request-schemas.ts';
import { startRun } from './start-run.ts';

const PERIOD_RULE = 'must be a day, for example 2026-11-20, or an hour, for example 2026-11-20T02';

const body = z
  .strictObject({
    period: z
      .exactOptional(z.string().regex(/^\d{4}-\d{2}-\d{2}(?:T\d{2}(?:Z|[+-]\d{4})?)?$/, PERIOD_RULE))
      .describe(
        'The day (2026-11-20), or the hour on the clock of the pipeline’s zone (2026-11-20T02); now by default',
      ),
    key: z.exactOptional(keyOfRun).describe('The whole key, as pipelines without a period need it'),
    params: z
      .exactOptional(z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])))
      .describe('Values of parameters, by their names'),
  })
  .meta({ id: 'StartRun' });

const headers = z.looseObject({
  'idempotency-key': requestName.describe(
    'A name for this request: repeated under it, it means the same run. A pipeline without a period takes it for the key of the run',
  ),
});

const started = z
  .object({
    run: z.string().describe('The run key'),
    started: z.boolean().describe('Whether this request has started the run, or found it'),
    status: runStatus,
    definitionDifferences: z
      .exactOptional(z.array(differenceSchema))
      .describe(
        'In what the definition of a run that existed differs from that of the file now: the run keeps its own',
      ),
    report: z.exactOptional(reportSchema).describe('With `wait`: what is known of the run now'),
  })
  .meta({ id: 'StartedRun' });

export const startRoute: FastifyPluginAsyncZod<ApiContext> = async (app, context) => {
  app.route({
    method: 'POST',
    url: '/v1/pipelines/:pipeline/runs',
    config: { access: 'start' },
    schema: {
      operationId: 'startRun',
      tags: ['Runs'],
      summary: 'Start a run',
      description:
        'Starts a run of a pipeline, once: whoever asks again for the same period, key or `Idempotency-Key` gets the same run. Everything is checked before anything is started.',
      params: z.strictObject({ pipeline: pipelineName }),
      querystring: z.strictObject({ wait: z.exactOptional(waitText) }),
      headers,
      body,
      response: {
        200: started.describe('The run existed already, with the same parameters; nothing was changed'),
        201: started.describe('The run was started'),
        ...problemAnswers('not-found', 'conflict', 'too-large', 'not-json', 'invalid-pipeline'),
      },
    },
    handler: async (request, reply) => {
      const { wait } = request.query;
      const { pipeline } = request.params;
      const start = async () => {
        const definition = await loadPipeline(context, callerOfRequest(request), pipeline);
        return startRun(context, definition, {
          ...request.body,
          requestName: request.headers['idempotency-key'],
          caller: callerOfRequest(request).name,
        });
      };
      const change = { action: 'start', run: pipeline } as const;
      const answer = await changing(context.auditLog, request, change, () => inTime(context, start));
      const { run } = answer;
      audit(context.auditLog, request, {
        action: 'start',
        run,
        result: answer.started ? 'started' : 'existed already',
      });
      reply.code(answer.started ? 201 : 200).header('location', `/v1/runs/${run}`);
      if (wait === undefined) return answer;
      const report = await context.reports.ended(run, waitMs(wait), reply);
      return { ...answer, status: report.outcome ?? ('running' as const), report };
    },
  });
};
