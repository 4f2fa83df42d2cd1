import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { mayTouch, type Caller, type Scope } from './callers.ts';
import { ApiProblem } from './problems.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who calls; undefined until he is known, which in a handler with a scope he is. */
    caller: Caller | undefined;
  }
  interface FastifyContextConfig {
    /** Which scope a route asks for; `open` to everybody. */
    access?: Scope | 'open';
  }
}

export interface AuthorizationOptions {
  /** The caller of a token; undefined when it is not known. */
  callerOf: (token: string | undefined) => Caller | undefined;
  /** Requests that one caller may make in a second. */
  rate: number;
}

/**
 * Lets in who has a token, a scope that the route asks for, and the pipeline that the route names as `:pipeline`. It holds for every route, so that a
 * new one is closed until it says otherwise. Requests are counted by caller, and those of nobody known by address.
 */
export async function addAuthorization(app: FastifyInstance, { callerOf, rate }: AuthorizationOptions): Promise<void> {
  app.decorateRequest('caller', undefined);
  app.addHook('onRequest', async (request) => {
    request.caller = callerOf(tokenOf(request));
  });
  await app.register(rateLimit, {
    max: rate,
    timeWindow: 1000,
    keyGenerator: ({ caller, ip }) => (caller ? `caller ${caller.name}` : `address ${ip}`),
    errorResponseBuilder: () =>
      new ApiProblem('too-many-requests', { detail: `A caller may make ${rate} requests in a second: slow down.` }),
  });
  // After the count, which runs in `onRequest` of each route, so that wrong tokens are counted as well; before the body is read.
  app.addHook('preParsing', async (request) => {
    const { access } = request.routeOptions.config;
    if (access !== 'open' && !request.is404) assertAllowed(request, access);
  });
}

/** The caller of a request that was let in. */
export function callerOfRequest({ caller }: FastifyRequest): Caller {
  if (!caller) throw new Error('A route without a caller was taken for one with a caller');
  return caller;
}

function assertAllowed({ caller, params }: FastifyRequest, scope: Scope | undefined): void {
  if (!caller) {
    const detail = 'Send a token that this server knows, with the header `authorization: Bearer TOKEN`.';
    throw new ApiProblem('no-token', { detail }, { 'www-authenticate': 'Bearer realm="nightscore"' });
  }
  if (scope === undefined || !caller.scopes.includes(scope)) {
    const detail = `This needs the scope ${scope}, which the token of ${caller.name} does not have.`;
    throw new ApiProblem('not-allowed', { detail });
  }
  const { pipeline } = params as { pipeline?: string };
  if (pipeline !== undefined) assertMayTouch(caller, pipeline);
}

/** Says the same of pipelines that exist and of others, so that nobody learns which there are. */
export function assertMayTouch(caller: Caller, pipeline: string): void {
  if (mayTouch(caller, pipeline)) return;
  throw new ApiProblem('not-allowed', {
    detail: `The token of ${caller.name} is not for pipeline ${JSON.stringify(pipeline)}.`,
  });
}

function tokenOf({ headers }: FastifyRequest): string | undefined {
  return /^Bearer +([\w.~+/=-]{1,256})$/i.exec(headers.authorization ?? '')?.[1];
}
