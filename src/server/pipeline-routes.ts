import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { PipelineFileError } from '../pipeline-files.ts';
import type { PipelineFolder } from '../pipeline-folder.ts';
import { pipelineShape } from '../pipeline/validation/shape.ts';
import { usesOverview } from '../uses-overview.ts';
import { callerOfRequest } from './authorization.ts';
import { mayTouch } from './callers.ts';
import type { ApiContext } from './context.ts';
import { loadPipeline } from './load-pipeline.ts';
import { problemAnswers } from './problems.ts';
import { pipelineName } from './request-schemas.ts';

const summary = z
  .object({
    name: z.string(),
    valid: z.boolean().describe('Whether it can be started; GET the pipeline to see what is wrong'),
    description: z.exactOptional(z.string()),
    period: z.exactOptional(z.enum(['day', 'hour', 'none'])),
  })
  .meta({ id: 'PipelineSummary' });

const summaries = z.object({ pipelines: z.array(summary) }).meta({ id: 'Pipelines' });

const definition = pipelineShape.meta({ id: 'Pipeline', title: 'A pipeline, as its file says' });

const services = z
  .object({
    services: z.array(
      z.object({ name: z.string(), can: z.record(z.string(), z.boolean()).describe('What it can do with a job') }),
    ),
    followUps: z.array(z.string()),
  })
  .meta({ id: 'Services' });

/** What can be started, and what it can be made of. */
export const pipelineRoutes: FastifyPluginAsyncZod<ApiContext> = async (app, { pipelines }) => {
  app.route({
    method: 'GET',
    url: '/v1/pipelines',
    config: { access: 'read' },
    schema: {
      operationId: 'listPipelines',
      tags: ['Pipelines'],
      summary: 'List pipelines',
      description: 'The pipelines of the server that the token is for.',
      response: { 200: summaries.describe('The pipelines, by name'), ...problemAnswers('invalid-pipeline') },
    },
    handler: async (request) => {
      const caller = callerOfRequest(request);
      const names = (await pipelines.names()).filter((name) => mayTouch(caller, name));
      return { pipelines: await Promise.all(names.map((name) => summaryOf(pipelines, name))) };
    },
  });

  app.route({
    method: 'GET',
    url: '/v1/pipelines/:pipeline',
    config: { access: 'read' },
    schema: {
      operationId: 'getPipeline',
      tags: ['Pipelines'],
      summary: 'Get a pipeline',
      description: 'Its definition as it is now, with its parameters.',
      params: z.strictObject({ pipeline: pipelineName }),
      response: { 200: definition, ...problemAnswers('not-found', 'invalid-pipeline') },
    },
    handler: (request) => loadPipeline({ pipelines }, callerOfRequest(request), request.params.pipeline),
  });

  app.route({
    method: 'GET',
    url: '/v1/services',
    config: { access: 'read' },
    schema: {
      operationId: 'listServices',
      tags: ['Pipelines'],
      summary: 'List what steps can use',
      description: 'The services with what each can do with a job, and the follow-ups.',
      response: { 200: services.describe('The services and follow-ups'), ...problemAnswers() },
    },
    handler: () => {
      const { services: known, followUps } = usesOverview();
      return { services: known.map(({ name, can }) => ({ name, can: { ...can } })), followUps };
    },
  });
};

async function summaryOf(pipelines: PipelineFolder, name: string): Promise<z.infer<typeof summary>> {
  try {
    const { description, period = 'day' } = await pipelines.load(name);
    return { name, valid: true, ...(description !== undefined && { description }), period };
  } catch (error) {
    if (error instanceof PipelineFileError) return { name, valid: false };
    throw error;
  }
}
