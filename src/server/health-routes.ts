import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { ApiContext } from './context.ts';
import { ApiProblem, PROBLEM_MEDIA_TYPE, problemSchema } from './problems.ts';

/** However many ask, Temporal is asked once in this time, in milliseconds. */
const READY_FOR_MS = 1_000;
const READY_LIMIT_MS = 3_000;

const well = z.object({ status: z.literal('ok') }).meta({ id: 'Health' });

/** For those who keep the server running. They need no token, and are not counted. */
export const healthRoutes: FastifyPluginAsyncZod<ApiContext> = async (app, { temporal }) => {
  const isReady = remembered(() => answers(temporal), READY_FOR_MS);
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
      summary: 'Whether the server can do its work: Temporal answers',
      security: [],
      response: {
        200: well.describe('It can'),
        503: { description: 'Temporal does not answer', content: { [PROBLEM_MEDIA_TYPE]: { schema: problemSchema } } },
      },
    },
    handler: async () => {
      if (await isReady()) return { status: 'ok' as const };
      const detail = 'Temporal does not answer the server. Its runs go on when it does.';
      throw new ApiProblem('temporal-unavailable', { detail }, { 'retry-after': '2' });
    },
  });
};

async function answers(temporal: ApiContext['temporal']): Promise<boolean> {
  const { namespace } = temporal.options;
  try {
    await temporal.withDeadline(Date.now() + READY_LIMIT_MS, () =>
      temporal.workflowService.describeNamespace({ namespace }),
    );
    return true;
  } catch {
    return false;
  }
}

function remembered<Answer>(ask: () => Promise<Answer>, forMs: number): () => Promise<Answer> {
  let last: { answer: Promise<Answer>; at: number } | undefined;
  return () => {
    if (!last || Date.now() - last.at > forMs) last = { answer: ask(), at: Date.now() };
    return last.answer;
  };
}
