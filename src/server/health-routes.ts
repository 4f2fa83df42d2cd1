import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { inTime, type ApiContext } from './context.ts';
import { noPipelines } from './problem-of-error.ts';
import { ApiProblem, PROBLEM_MEDIA_TYPE, problemSchema } from './problems.ts';

/** However many ask, Temporal is asked once in this time, in milliseconds. */
const READY_FOR_MS = 1_000;
const READY_LIMIT_MS = 3_000;

const well = z.object({ status: z.literal('ok') }).meta({ id: 'Health' });

/** For those who keep the server running. They need no token, and are not counted. */
export const healthRoutes: FastifyPluginAsyncZod<ApiContext> = async (app, context) => {
  const problem = remembered(() => problemNow(context), READY_FOR_MS);
  const config = { access: 'open', rateLimit: false } as const;
  app.route({
    method: 'GET',
    url: '/healthz',
    config,
    schema: {
      operationId: 'health',
      tags: ['Health'],
      summary: 'Whether the server lives',
      security: [],
      response: { 200: well.describe('It does') },
    },
    handler: () => ({ status: 'ok' as const }),
  });
  app.route({
    method: 'GET',
    url: '/readyz',
    config,
    schema: {
      operationId: 'readiness',
      tags: ['Health'],
      summary: 'Whether the server can do its work: Temporal answers, and the pipelines can be read',
      security: [],
      response: {
        200: well.describe('It can'),
        503: { description: 'It cannot now', content: { [PROBLEM_MEDIA_TYPE]: { schema: problemSchema } } },
      },
    },
    handler: async () => {
      const found = await problem();
      if (found) throw found;
      return { status: 'ok' as const };
    },
  });
};

async function problemNow({ temporal, pipelines }: ApiContext): Promise<ApiProblem | undefined> {
  const { namespace } = temporal.options;
  try {
    await inTime({ temporal }, () => temporal.workflowService.describeNamespace({ namespace }), READY_LIMIT_MS);
  } catch {
    const detail = 'Temporal does not answer the server. Its runs go on when it does.';
    return new ApiProblem('temporal-unavailable', { detail }, { 'retry-after': '2' });
  }
  return pipelines.names().then(() => undefined, noPipelines);
}

function remembered<Answer>(ask: () => Promise<Answer>, forMs: number): () => Promise<Answer> {
  let last: { answer: Promise<Answer>; at: number } | undefined;
  return () => {
    if (!last || Date.now() - last.at > forMs) last = { answer: ask(), at: Date.now() };
    return last.answer;
  };
}
