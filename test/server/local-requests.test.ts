import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { jobStep } from '../support/example-pipelines.ts';
import { ANYBODY } from '../../src/server/callers.ts';
import { startApi, type Api } from './api.ts';

const PATH = '/v1/pipelines/api-local/runs';
const local = { name: 'api-local', steps: { score: jobStep('machine-learning/batch-prediction') } };

let api: Api;
let withTokens: Api;

beforeAll(async () => {
  api = await startApi([local]);
  withTokens = await startApi([local], { callerOf: () => ANYBODY });
});
afterAll(async () => {
  await api.close();
  await withTokens.close();
});

/** The answer to a request with headers that `fetch` keeps to itself; without a body, as a page may send it anywhere. */
async function answerOf(method: string, url: string, headers: Record<string, string>) {
  const sent = request(url, { method, headers }).end();
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  return { status: response.statusCode, body: await text(response) };
}

describe('a server without tokens', () => {
  it.each([
    { by: 'a page of another server', headers: { origin: 'https://evil.example' } },
    { by: 'a page of another server on this machine', headers: { origin: 'http://127.0.0.1:1' } },
    { by: 'a page that hides its origin', headers: { origin: 'null' } },
    { by: 'a page of another site, without an origin', headers: { 'sec-fetch-site': 'cross-site' } },
    { by: 'a page of another port', headers: { 'sec-fetch-site': 'same-site' } },
    { by: 'a name that leads to this machine', headers: { host: 'evil.example:8080' } },
    { by: 'a name that looks like this machine', headers: { host: '127.0.0.1.evil.example' } },
  ])('is not driven by $by', async ({ headers }) => {
    const { status, body } = await answerOf('POST', api.url + PATH, headers);
    expect(status).toBe(403);
    expect(body).toContain('urn:nightscore:problem:foreign-page');
  });

  it('is not read under another name either', async () => {
    expect(await answerOf('GET', `${api.url}/v1/runs`, { host: 'evil.example' })).toMatchObject({ status: 403 });
  });

  it('answers whoever is on this machine, and its own page', async () => {
    const { port, origin } = new URL(api.url);
    for (const headers of [
      {},
      { host: `localhost:${port}` },
      { host: `[::1]:${port}` },
      { origin, 'sec-fetch-site': 'same-origin' },
    ])
      expect((await answerOf('POST', api.url + PATH, headers)).status).toBeLessThan(300);
  });
});

it('a server with tokens may have any name, and whoever has a token may call from any page', async () => {
  const headers = { host: 'nightscore.example', origin: 'https://other.example', 'sec-fetch-site': 'cross-site' };
  expect((await answerOf('POST', withTokens.url + PATH, headers)).status).toBeLessThan(300);
});
