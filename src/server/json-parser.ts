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

/** How deeply a text of JSON is nested, as far as it matters. Brackets in strings do not count. One pass: a body may be made to cost more. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  let isInString = false;
  for (let at = 0; at < text.length && deepest <= MAX_DEPTH; at += 1) {
    const character = text[at];
    // What follows a backslash ends no string.
    if (isInString && character === '\\') at += 1;
    else if (character === '"') isInString = !isInString;
    else if (isInString) continue;
    else if (character === '[' || character === '{') deepest = Math.max(deepest, (depth += 1));
    else if (character === ']' || character === '}') depth -= 1;
  }
  return deepest;
}
