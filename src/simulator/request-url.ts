import type { IncomingMessage } from 'node:http';

/** Splits a request's URL by hand: a path may begin with `//`, which the WHATWG parser would take for a host. */
export function splitUrl({ url = '/' }: IncomingMessage): { path: string; query: URLSearchParams } {
  const [path = '/', ...query] = url.split('?');
  return { path, query: new URLSearchParams(query.join('?')) };
}
