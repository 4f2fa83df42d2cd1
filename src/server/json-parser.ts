import type { FastifyBodyParser, FastifyInstance } from 'fastify';
import { ApiProblem } from './problems.ts';

/** No body needs more than three; deeper ones are made to exhaust the stack of whoever looks at them. */
const MAX_DEPTH = 16;

/** Fastify's parser of JSON, for bodies that are not nested deeply. */
export function jsonParser(app: FastifyInstance): FastifyBodyParser<string> {
  const parse = app.getDefaultJsonParser('error', 'error');
  return (request, body, done) => {
    if (depthOf(body) > MAX_DEPTH)
      done(new ApiProblem('invalid-request', { detail: 'The body is nested too deeply.' }));
    else void parse(request, body, done);
  };
}

/** How deeply a text of JSON is nested, as far as it matters. Brackets in strings do not count. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[[{\]}]/gs)) {
    if (token === '[' || token === '{') deepest = Math.max(deepest, (depth += 1));
    else if (token === ']' || token === '}') depth -= 1;
    if (deepest > MAX_DEPTH) break;
  }
  return deepest;
}
