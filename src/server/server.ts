import helmet from '@fastify/helmet';
import type { Client } from '@temporalio/client';
import Fastify, {
  LogController,
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifySchemaCompiler,
} from 'fastify';
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Logger } from 'pino';
import type { z } from 'zod';
import { InvalidInputError } from '../client/errors.ts';
import { NightscoreClient } from '../client/nightscore-client.ts';
import { PipelineFolder } from '../pipeline-folder.ts';
import { formatProblem, problemWithoutPlace } from '../pipeline/validation/problem.ts';
import { findingsOf } from '../pipeline/validation/zod-findings.ts';
import { auditLogOf } from './audit.ts';
import { addAuthorization } from './authorization.ts';
import { ANYBODY, type Caller } from './callers.ts';
import { cancelRoute } from './cancel-route.ts';
import { replayRoute } from './replay-route.ts';
import type { ApiContext } from './context.ts';
import { addDocument, addDocumentRoutes } from './document.ts';
import { EndedRuns } from './ended-runs.ts';
import { jsonParser } from './json-parser.ts';
import { addErrorAnswers, addMethodAnswers, answerClientError, answerError } from './error-answers.ts';
import { healthRoutes } from './health-routes.ts';
import { addLocalRequestsOnly } from './local-requests.ts';
import { pipelineRoutes } from './pipeline-routes.ts';
import { RequestClaims } from './request-claims.ts';
import { runRoutes } from './run-routes.ts';
import { RunReports } from './run-reports.ts';
import { startRoute } from './start-route.ts';

/** A definition is no part of a request, so requests are small. */
const MAX_BODY_BYTES = 256 * 1024;
/** Keys of runs are the longest parts of paths. */
const MAX_PATH_PART = 200;
/** For clients that are slow on purpose: time for the headers, and for the whole request. */
const HEADERS_LIMIT_MS = 5_000;
const REQUEST_LIMIT_MS = 10_000;
/** How often Node looks for such clients. */
const LIMIT_CHECK_MS = 1_000;
/** For connections on which something is still going on when the server stops. */
const CLOSE_LIMIT_MS = 10_000;
const WAIT_INTERVAL_MS = 1_000;

/** Ids of requests that callers give are put into the log, so they are held to what cannot mislead there. */
const REQUEST_ID = /^[A-Za-z0-9._-]{1,64}$/;

export interface ServerOptions {
  host: string;
  /** 0 is any free port. */
  port: number;
  temporal: Client;
  /** Task queue of the workers. */
  taskQueue: string;
  pipelinesFolder: string;
  /** The caller of a token; undefined when it is not known. When absent, whoever is on this machine may do everything. */
  callerOf?: (token: string | undefined) => Caller | undefined;
  /** Requests that one caller may make in a second. */
  rate: number;
  /** Of Nightscore, for the document. */
  version: string;
  log: Logger;
}

export interface RunningServer {
  /** For example `http://127.0.0.1:8080`. */
  url: string;
  /** How many callers wait for runs to end. */
  waiting(): number;
  /** Takes no more requests, answers those that wait, and ends. */
  close(): Promise<void>;
}

/** Starts the HTTP API. Throws the system's error when it cannot listen there. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { host, port, temporal, log } = options;
  const nightscore = new NightscoreClient({ client: temporal, taskQueue: options.taskQueue });
  const endedRuns = new EndedRuns({ temporal, nightscore, log, intervalMs: WAIT_INTERVAL_MS });
  const context: ApiContext = {
    temporal,
    nightscore,
    pipelines: new PipelineFolder(options.pipelinesFolder),
    claims: new RequestClaims({ client: temporal, taskQueue: options.taskQueue }),
    reports: new RunReports({ temporal, nightscore }, endedRuns),
    auditLog: auditLogOf(log),
  };
  const app = await createApp(context, options);
  letGo(app, endedRuns);
  const url = await app.listen({ host, port });
  return { url, waiting: () => endedRuns.callers, close: () => close(app) };
}

async function close(app: FastifyInstance): Promise<void> {
  const cut = setTimeout(() => app.server.closeAllConnections(), CLOSE_LIMIT_MS);
  await app.close().finally(() => clearTimeout(cut));
}

async function createApp(
  context: ApiContext,
  { callerOf, rate, version, log }: ServerOptions,
): Promise<FastifyInstance> {
  const app: FastifyInstance = Fastify({
    loggerInstance: quieter(log),
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    bodyLimit: MAX_BODY_BYTES,
    routerOptions: { maxParamLength: MAX_PATH_PART },
    requestTimeout: REQUEST_LIMIT_MS,
    http: { headersTimeout: HEADERS_LIMIT_MS, connectionsCheckingInterval: LIMIT_CHECK_MS },
    requestIdHeader: false,
    genReqId: requestId,
    frameworkErrors: (...failed) => void answerError(...failed),
    clientErrorHandler: answerClientError,
  });
  app.setValidatorCompiler(validator as FastifySchemaCompiler<unknown>);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'string' }, jsonParser(app));
  // What is sent is our own, and typed; a report of an older version that lacks a member is better than none.
  app.setSerializerCompiler(() => JSON.stringify);
  app.addHook('onRequest', async (request, reply) => {
    reply.headers({ 'x-request-id': request.id, 'cache-control': 'no-store' });
  });
  // Every member of every body may be left out, and so may the body; Fastify would check it as null.
  app.addHook('preValidation', async (request) => {
    if (request.body === undefined) request.body = {};
  });
  await app.register(helmet, { contentSecurityPolicy: { directives: { defaultSrc: ["'none'"] }, useDefaults: false } });
  if (!callerOf) addLocalRequestsOnly(app);
  await addAuthorization(app, { callerOf: callerOf ?? (() => ANYBODY), rate });
  addErrorAnswers(app);
  await addDocument(app, version);
  const methodsOfPaths = rememberMethods(app);
  for (const routes of [startRoute, runRoutes, cancelRoute, replayRoute, pipelineRoutes, healthRoutes]) {
    await app.register(routes, context);
  }
  addMethodAnswers(app, new Map(methodsOfPaths));
  await addDocumentRoutes(app);
  return app;
}

/** When the server stops, who waits is answered, and no connection is kept for more. */
function letGo(app: FastifyInstance, endedRuns: EndedRuns): void {
  let isClosing = false;
  app.addHook('preClose', async () => {
    isClosing = true;
    await endedRuns.close();
  });
  app.addHook('onSend', async (_, reply) => {
    if (isClosing) reply.header('connection', 'close');
  });
}

/** Fastify tells at `info` what we tell ourselves. */
function quieter(log: Logger): FastifyBaseLogger {
  return log.child({}, { level: log.isLevelEnabled('warn') ? 'warn' : log.level });
}

/** Says what is wrong in the words that the command has for a pipeline file. */
const validator: FastifySchemaCompiler<z.ZodType> =
  ({ schema, httpPart }) =>
  (data: unknown) => {
    const parsed = schema.safeParse(data);
    if (parsed.success) return { value: parsed.data };
    const part = httpPart === 'querystring' ? 'query' : (httpPart ?? 'request');
    const findings = findingsOf(schema, data, [part], { templates: false });
    return { error: new InvalidInputError(findings.map((finding) => formatProblem(problemWithoutPlace(finding)))) };
  };

/** The methods of each path, filled as routes are added. */
function rememberMethods(app: FastifyInstance): ReadonlyMap<string, ReadonlySet<string>> {
  const methods = new Map<string, Set<string>>();
  app.addHook('onRoute', ({ url, method }) => {
    const known = methods.get(url) ?? new Set();
    for (const one of [method].flat()) known.add(one);
    methods.set(url, known);
  });
  return methods;
}

function requestId({ headers }: IncomingMessage): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID();
}
