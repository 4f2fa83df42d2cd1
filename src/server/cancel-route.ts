import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { RunNotFoundError } from '../client/errors.ts';
import { runKey } from '../pipeline/run-key.ts';
import { audit, changing } from './audit.ts';
import { inTime, type ApiContext } from './context.ts';
import { problemAnswers } from './problems.ts';
import { runPath, runStatus, stepId } from './request-schemas.ts';

const body = z
  .strictObject({ step: z.exactOptional(stepId).describe('Only this step; the others go on') })
  .meta({ id: 'CancelRun' });

const cancelled = z
  .object({
    run: z.string().describe('The run key'),
    cancelRequested: z.boolean().describe('False when the run had ended already'),
    status: runStatus.describe('How the run stood when it was asked to cancel'),
  })
  .meta({ id: 'CancelledRun' });

export const cancelRoute: FastifyPluginAsyncZod<ApiContext> = async (app, context) => {
  app.route({
    method: 'POST',
    url: '/v1/runs/:pipeline/:key/cancel',
    config: { access: 'operate' },
    schema: {
      operationId: 'cancelRun',
      tags: ['Runs'],
      summary: 'Cancel a run or one step of it',
      description:
        'Asks a run to cancel, and answers before it has: its jobs are stopped where their services can, and its report says what became of each.',
      params: runPath,
      body,
      response: {
        202: cancelled.describe('The run was asked to cancel, or had ended already'),
        ...problemAnswers('not-found', 'too-large', 'not-json'),
      },
    },
    handler: async (request, reply) => {
      const run = runKey(request.params.pipeline, request.params.key);
      const step = request.body.step;
      const change = {
        action: step === undefined ? 'cancel' : 'cancel-step',
        run,
        ...(step !== undefined && { step }),
      } as const;
      const cancel = async () => {
        const standing = await context.nightscore.standing(run);
        if (!standing) throw new RunNotFoundError(run);
        if (step !== undefined) await context.nightscore.cancelStep(run, step);
        else await context.nightscore.cancel(run);
        return standing.status;
      };
      const status = await changing(context.auditLog, request, change, () => inTime(context, cancel));
      const cancelRequested = status === 'running';
      const result = cancelRequested ? 'asked' : `had ended already (${status})`;
      audit(context.auditLog, request, { ...change, result });
      reply.code(202);
      return { run, cancelRequested, status };
    },
  });
};
