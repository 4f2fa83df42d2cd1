import type { FastifyInstance, FastifyRequest } from 'fastify';
import { isLoopbackUrl } from '../loopback.ts';
import { ApiProblem } from './problems.ts';

/** What browsers say of requests that the user, or a page of this server itself, has made. */
const OWN_SITES: ReadonlySet<unknown> = new Set([undefined, 'none', 'same-origin']);

/**
 * Keeps web pages out of a server without tokens. A browser on this machine reaches it, and sends what a page of anybody tells it to: simple requests
 * to any address, and all kinds to a name that the page's owner has since pointed at this machine.
 */
export function addLocalRequestsOnly(app: FastifyInstance): void {
  app.addHook('onRequest', async (request) => {
    const { method, headers, host } = request;
    if (!isLoopbackUrl(`http://${host}`)) {
      throw refused(
        `This server asks for no tokens, so it answers only as localhost or 127.0.0.1, not as ${JSON.stringify(host)}.`,
      );
    }
    if (method === 'GET' || method === 'HEAD') return;
    if (!OWN_SITES.has(headers['sec-fetch-site']) || !isOwnOrigin(request))
      throw refused('This server asks for no tokens, so no page of another server may change anything here.');
  });
}

/** Only browsers send an origin. */
function isOwnOrigin({ headers: { origin }, host }: FastifyRequest): boolean {
  return origin === undefined || (URL.canParse(origin) && new URL(origin).host === new URL(`http://${host}`).host);
}

function refused(reason: string): ApiProblem {
  return new ApiProblem('foreign-page', { detail: `${reason} Give \`serve\` tokens (--tokens) to let others in.` });
}
