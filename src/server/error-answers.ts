import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { problemOfError } from './problem-of-error.ts';
import { ApiProblem, problemDocument, PROBLEM_KINDS, PROBLEM_MEDIA_TYPE, type ProblemKind } from './problems.ts';

/** Answers whatever goes wrong with a problem document, and logs what nobody expected. */
export function addErrorAnswers(app: FastifyInstance): void {
  app.setErrorHandler(answerError);
  app.setNotFoundHandler({ preHandler: app.rateLimit() }, ({ method, url }, reply) => {
    const detail = `There is nothing at ${method} ${pathOf(url)}: see /docs.`;
    return answer(reply, new ApiProblem('not-found', { detail }));
  });
}

export function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const known = error instanceof Error ? problemOfError(error, request.method) : undefined;
  if (known?.kind === 'no-pipelines') request.log.error({ err: error }, 'The folder of pipelines cannot be read');
  if (known) return answer(reply, known);
  request.log.error({ err: error }, 'A request failed unexpectedly');
  const detail = 'The log of the server says more under the id of this request.';
  return answer(reply, new ApiProblem('unexpected', { detail }));
}

/** Refuses the methods that no route of a path has. Called when all routes are known. */
export function addMethodAnswers(app: FastifyInstance, methodsOfPaths: ReadonlyMap<string, ReadonlySet<string>>): void {
  for (const [url, methods] of methodsOfPaths) {
    const allow = [...methods].toSorted().join(', ');
    app.route({
      method: app.supportedMethods.filter((method) => !methods.has(method)),
      url,
      schema: { hide: true },
      config: { access: 'open' },
      // Before a body is read, which is not what is wrong.
      onRequest: ({ method }, reply) => {
        const detail = `${method} is not for ${url}: it knows ${allow}.`;
        answer(reply, new ApiProblem('method-not-allowed', { detail }, { allow }));
      },
      handler: () => {},
    });
  }
}

/** What Node says of a request that is no HTTP, or does not arrive in time, before there is a request to answer. */
const KINDS_OF_CLIENT_ERRORS: Readonly<Record<string, { kind: ProblemKind; detail: string }>> = {
  ERR_HTTP_REQUEST_TIMEOUT: { kind: 'too-slow', detail: 'The request did not arrive in time.' },
  HPE_HEADER_OVERFLOW: { kind: 'headers-too-large', detail: 'The headers may have at most 16 KB.' },
};

export function answerClientError(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const { kind, detail } = KINDS_OF_CLIENT_ERRORS[error.code ?? ''] ?? {
    kind: 'invalid-request',
    detail: 'This is not valid HTTP.',
  };
  const body = JSON.stringify(problemDocument(kind, { detail }, randomUUID()));
  const { status } = PROBLEM_KINDS[kind];
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    `content-type: ${PROBLEM_MEDIA_TYPE}`,
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}

function answer(reply: FastifyReply, { kind, facts, headers }: ApiProblem): FastifyReply {
  return (
    reply
      .code(PROBLEM_KINDS[kind].status)
      // Also where a request fails before the hooks that set it.
      .headers({ ...headers, 'x-request-id': reply.request.id })
      .type(PROBLEM_MEDIA_TYPE)
      .send(JSON.stringify(problemDocument(kind, facts, reply.request.id)))
  );
}

/** The path as it came, which may be hostile: short, and without what follows a question mark. */
function pathOf(url: string): string {
  return url.split('?', 1)[0]?.slice(0, 200) ?? '';
}
