import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { PipelineDefinition } from '../../src/pipeline/definition.ts';
import { ANYBODY, type Caller, type Scope } from '../../src/server/callers.ts';
import { startLocalServer } from '../../src/temporal/local-server.ts';
import { jobStep } from '../support/example-pipelines.ts';
import { startApi, type Answer, type Api } from '../server/api.ts';

const score = jobStep('machine-learning/batch-prediction');

function pipeline(name: string): PipelineDefinition {
  return { name, params: { label: { type: 'string', default: 'x' } }, steps: { score } };
}

const CALLERS: Record<string, Caller> = {
  reader: { name: 'reader', scopes: ['read'], pipelines: ['*'] },
  starter: { name: 'starter', scopes: ['start'], pipelines: ['*'] },
  operator: { name: 'operator', scopes: ['operate'], pipelines: ['*'] },
  limited: { name: 'limited', scopes: ['read', 'start', 'operate'], pipelines: ['attacked-own'] },
};

let api: Api;

beforeAll(async () => {
  api = await startApi([pipeline('attacked-own'), pipeline('attacked-other')], {
    callerOf: (token) => CALLERS[token ?? ''],
  });
});
afterAll(() => api.close());

function as(token: string): Record<string, string> {
  return { authorization: `Bearer ${token}` };
}

function shortened(target: string): { target: string; at: string } {
  return { target, at: target.slice(0, 60) };
}

/** The answer to a request whose path is sent as it stands; `fetch` would tidy it up. */
async function rawAnswer(method: string, path: string, token: string, body = ''): Promise<Answer> {
  const headers = { ...as(token), ...(body !== '' && { 'content-type': 'application/json' }) };
  const { hostname, port } = new URL(api.url);
  const sent = request({ hostname, port, path, method, headers }).end(body);
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  const kept = Object.entries(response.headers).map(([name, value]): [string, string] => [name, String(value)]);
  return {
    status: response.statusCode ?? 0,
    headers: new Headers(kept),
    body: JSON.parse(await text(response)) as Answer['body'],
  };
}

const CALLS: { method: string; path: string; scope: Scope; status: number }[] = [
  { method: 'POST', path: '/v1/pipelines/attacked-other/runs', scope: 'start', status: 201 },
  { method: 'GET', path: '/v1/pipelines', scope: 'read', status: 200 },
  { method: 'GET', path: '/v1/pipelines/attacked-other', scope: 'read', status: 200 },
  { method: 'GET', path: '/v1/services', scope: 'read', status: 200 },
  { method: 'GET', path: '/v1/runs', scope: 'read', status: 200 },
  { method: 'GET', path: '/v1/runs/attacked-other/1999-01-01', scope: 'read', status: 404 },
  { method: 'POST', path: '/v1/runs/attacked-other/1999-01-01/cancel', scope: 'operate', status: 404 },
];

const TOKEN_OF: Record<Scope, string> = { read: 'reader', start: 'starter', operate: 'operator' };

/** The status of an answer that is a problem document and says nothing but what a caller may know. */
function problemStatus({ status, headers, body }: Answer): number {
  expect(body['status']).toBe(status);
  expect(headers.get('content-type')).toMatch('application/problem+json');
  expect(headers.get('x-request-id')).toBe(body['requestId']);
  expect(JSON.stringify(body)).not.toMatch(/node_modules|\.ts:|\.js:|at .*\(|nightscore-api-/);
  return status;
}

describe('who may call', () => {
  it.each(CALLS)(
    '$method $path answers nobody without a token, or with one that is not known',
    async ({ method, path }) => {
      for (const headers of [{}, as('nobody'), { authorization: 'Basic cmVhZGVyOg==' }, { authorization: 'Bearer' }]) {
        const answer = await api.send(method, path, undefined, headers);
        expect(problemStatus(answer)).toBe(401);
        expect(answer.headers.get('www-authenticate')).toMatch('Bearer');
      }
    },
  );

  it.each(CALLS)('$method $path asks for the scope $scope', async ({ method, path, scope, status }) => {
    for (const [name, token] of Object.entries(TOKEN_OF)) {
      const answer = await api.send(method, path, undefined, as(token));
      if (name === scope) expect(answer.status).toBe(status);
      else expect(problemStatus(answer)).toBe(403);
    }
  });

  it.each(CALLS.filter(({ path }) => path.includes('attacked-other')))(
    '$method $path is closed to a token of another pipeline, and so is the same for a pipeline that is none',
    async ({ method, path }) => {
      const answer = await api.send(method, path, undefined, as('limited'));
      expect(problemStatus(answer)).toBe(403);
      const none = await api.send(method, path.replace('attacked-other', 'attacked-none'), undefined, as('limited'));
      expect(problemStatus(none)).toBe(403);
      const words = ({ body }: Answer) => String(body['detail']).replace(/attacked-\w+/, '');
      expect(words(none)).toBe(words(answer));
    },
  );

  it('shows a token of one pipeline only the pipelines and runs of that', async () => {
    for (const name of ['attacked-own', 'attacked-other']) {
      await api.post(`/v1/pipelines/${name}/runs`, { period: '2026-01-01' }, as('starter'));
    }
    const { body } = await api.get('/v1/pipelines', as('limited'));
    expect(body['pipelines']).toMatchObject([{ name: 'attacked-own' }]);
    const seen = async () =>
      (await api.get('/v1/runs?limit=200', as('limited'))).body['runs'] as { pipeline: string }[];
    await expect.poll(seen).not.toEqual([]);
    expect(new Set((await seen()).map((run) => run.pipeline))).toEqual(new Set(['attacked-own']));
    expect(problemStatus(await api.get('/v1/runs?pipeline=attacked-other', as('limited')))).toBe(403);
  });

  it('opens to everybody only what keeps the server running, and its document', async () => {
    for (const path of ['/healthz', '/readyz', '/openapi.json', '/docs'])
      expect((await fetch(api.url + path)).status).toBe(200);
  });

  it('counts the requests of each caller, and of nobody known by address', async () => {
    const counted = await startApi([], { rate: 5, callerOf: (token) => CALLERS[token ?? ''] });
    const statuses = async (headers: Record<string, string>) => {
      const asking = Array.from({ length: 20 }, () => counted.get('/v1/pipelines', headers));
      return new Set((await Promise.all(asking)).map(({ status }) => status));
    };
    expect(await statuses(as('reader'))).toEqual(new Set([200, 429]));
    expect(await statuses(as('nobody'))).toEqual(new Set([401, 429]));
    const answer = await counted.get('/v1/pipelines', as('limited'));
    expect(answer.status).toBe(200);
    await counted.close();
  });

  it('leaves neither tokens nor headers in the log', async () => {
    await api.get('/v1/runs', as('a-secret-token'));
    await api.post('/v1/pipelines/attacked-own/runs', { period: '2026-01-02' }, as('starter'));
    const log = JSON.stringify(api.log);
    expect(log).toContain('attacked-own/2026-01-02');
    expect(log).not.toMatch(/a-secret-token|Bearer|authorization/i);
  });
});

describe('what is sent', () => {
  const path = '/v1/pipelines/attacked-own/runs';

  it.each([
    { of: 'more than 256 KB', body: JSON.stringify({ params: { label: 'x'.repeat(300_000) } }), status: 413 },
    {
      of: 'a hundred thousand lists, one in the other',
      body: `{"params":{"label":${'['.repeat(100_000)}${']'.repeat(100_000)}}}`,
      status: 400,
    },
    {
      of: 'forty thousand mappings, one in the other',
      body: `{"params":${'{"a":'.repeat(40_000)}1${'}'.repeat(40_000)}}`,
      status: 400,
    },
    { of: 'half of a JSON', body: '{"params":', status: 400 },
    { of: 'another prototype', body: '{"__proto__":{"admin":true}}', status: 400 },
    { of: 'another prototype of the parameters', body: '{"params":{"__proto__":{"label":"y"}}}', status: 400 },
    { of: 'a parameter with the name of a member of all objects', body: '{"params":{"toString":"y"}}', status: 400 },
    { of: 'a text', body: '"churn"', status: 400 },
    { of: 'null', body: 'null', status: 400 },
    { of: 'a list', body: '[]', status: 400 },
    { of: 'nothing, as JSON', body: '', status: 400 },
    { of: 'a number that is none', body: '{"params":{"label":1e999}}', status: 400 },
    { of: 'a null byte', body: JSON.stringify({ key: 'a\0b' }), status: 400 },
  ])('a body with $of is refused: $status', async ({ body, status }) => {
    expect(problemStatus(await api.post(path, body, as('starter')))).toBe(status);
  });

  it('a body that is no JSON is refused, whatever it says that it is', async () => {
    for (const type of ['text/plain', 'application/xml', 'multipart/form-data', 'application/x-www-form-urlencoded']) {
      expect(problemStatus(await api.post(path, 'period=2026-01-03', { ...as('starter'), 'content-type': type }))).toBe(
        415,
      );
    }
  });

  it.each(
    [
      '/v1/pipelines/..%2f..%2fetc%2fpasswd/runs',
      '/v1/pipelines/%2e%2e/runs',
      '/v1/pipelines/attacked-own%00/runs',
      '/v1/pipelines/attacked-own%2Fruns/runs',
      '/v1/pipelines/attacked-own.yaml/runs',
      '/v1/pipelines/ATTACKED-OWN/runs',
      '/v1/pipelines/%ff/runs',
      '/v1/pipelines/%/runs',
      '/v1/pipelines/__proto__/runs',
      `/v1/pipelines/${'a'.repeat(64)}/runs`,
      `/v1/pipelines/${'a'.repeat(10_000)}/runs`,
      '/v1//pipelines/attacked-own/runs',
    ].map(shortened),
  )('POST $at starts nothing', async ({ target }) => {
    const answer = await rawAnswer('POST', target, 'starter', '{"period":"2026-01-04"}');
    expect([400, 404]).toContain(problemStatus(answer));
  });

  it.each(
    [
      '/v1/runs/attacked-own/..%2F..%2Fattacked-other%2F2026-01-01',
      '/v1/runs/attacked-own/%2e%2e',
      '/v1/runs/attacked-own/2026-01-01%00',
      '/v1/runs/attacked-own/2026-01-01%0d%0aset-cookie:%20x',
      "/v1/runs/attacked-own/x'%20OR%20'1'='1",
      `/v1/runs/attacked-own/${'k'.repeat(129)}`,
      `/v1/runs/attacked-own/${'k'.repeat(5_000)}`,
      "/v1/runs?key=x'%20OR%20'1'='1",
      '/v1/runs?pipeline[]=attacked-own&pipeline[]=attacked-other',
      '/v1/runs?pipeline=attacked-own&pipeline=attacked-other',
    ].map(shortened),
  )('GET $at gives nothing', async ({ target }) => {
    const answer = await rawAnswer('GET', target, 'limited');
    expect([400, 403, 404]).toContain(problemStatus(answer));
  });

  it.each(["x' OR WorkflowType = 'runPipeline", "\\' OR 1=1 --", '%', '"', 'a b'])(
    'a filter cannot be %s',
    async (value) => {
      for (const name of ['job', 'service', 'key', 'pipeline']) {
        expect(problemStatus(await api.get(`/v1/runs?${name}=${encodeURIComponent(value)}`, as('reader')))).toBe(400);
      }
    },
  );

  it('an id of a request is taken only if it cannot mislead in a log', async () => {
    expect((await api.get('/healthz', { 'x-request-id': 'night-1.a_b' })).headers.get('x-request-id')).toBe(
      'night-1.a_b',
    );
    for (const id of ['a b', '{"level":60}', 'x'.repeat(65)]) {
      expect((await api.get('/healthz', { 'x-request-id': id })).headers.get('x-request-id')).toMatch(
        /^[0-9a-f-]{36}$/,
      );
    }
  });

  it('a method that a path does not know is refused, with those that it knows', async () => {
    const answer = await api.send('DELETE', '/v1/runs/attacked-own/2026-01-01', undefined, as('operator'));
    expect(problemStatus(answer)).toBe(405);
    expect(answer.headers.get('allow')).toBe('GET, HEAD');
    expect(problemStatus(await api.get('/v2/runs', as('reader')))).toBe(404);
  });
});

describe('slow and silent clients', () => {
  /** What the server says to a client that sends only this much, until it hangs up. */
  async function heardBy(sent: string): Promise<string> {
    const { hostname, port } = new URL(api.url);
    const socket = connect(Number(port), hostname);
    let heard = '';
    socket.setEncoding('utf8').on('data', (part: string) => (heard += part));
    socket.write(sent);
    await once(socket, 'close');
    return heard;
  }

  it(
    'are cut when their headers or their body do not arrive, and others are answered meanwhile',
    { timeout: 60_000 },
    async () => {
      const head = `POST /v1/pipelines/attacked-own/runs HTTP/1.1\r\nhost: x\r\nauthorization: Bearer starter\r\n`;
      const slow = Promise.all([
        heardBy(head),
        heardBy(`${head}content-type: application/json\r\ncontent-length: 100\r\n\r\n{"period":`),
      ]);
      expect((await api.get('/healthz')).status).toBe(200);
      for (const heard of await slow) {
        expect(heard).toMatch(/^HTTP\/1\.1 408 /);
        expect(heard).toContain('urn:nightscore:problem:too-slow');
      }
    },
  );

  it('who sends no HTTP, or headers without an end, is told so', async () => {
    expect(await heardBy('HELLO\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 [^]*urn:nightscore:problem:invalid-request/);
    expect(await heardBy(`GET /healthz HTTP/1.1\r\nhost: x\r\nx-long: ${'x'.repeat(40_000)}\r\n\r\n`)).toMatch(
      /^HTTP\/1\.1 431 [^]*urn:nightscore:problem:headers-too-large/,
    );
  });
});

describe('a thousand callers who wait', () => {
  it(
    'cost Temporal a question in a while, are all answered, and forgotten when they leave',
    { timeout: 60_000 },
    async () => {
      const waited = await startApi([pipeline('attacked-own')], { callerOf: () => ANYBODY });
      const day = '2026-06-01';
      await waited.post('/v1/pipelines/attacked-own/runs', { period: day });
      const leave = new AbortController();
      const url = `${waited.url}/v1/runs/attacked-own/${day}?wait=60s`;
      const left = Array.from({ length: 100 }, () =>
        fetch(url, { signal: leave.signal }).then(
          () => 'answered',
          () => 'left',
        ),
      );
      const staying = Array.from({ length: 1000 }, async () => (await fetch(url)).status);
      await expect.poll(() => waited.waiting(), { timeout: 20_000 }).toBe(1100);
      expect((await waited.get('/healthz')).status).toBe(200);
      leave.abort();
      expect(new Set(await Promise.all(left))).toEqual(new Set(['left']));
      await expect.poll(() => waited.waiting(), { timeout: 20_000 }).toBe(1000);
      await waited.temporal.workflow.getHandle(`attacked-own/${day}`).terminate();
      expect(new Set(await Promise.all(staying))).toEqual(new Set([200]));
      expect(waited.waiting()).toBe(0);
      await waited.close();
    },
  );

  it('are told that their run is gone when somebody deletes it, and others are told how theirs ended', async () => {
    const waited = await startApi([pipeline('attacked-own')]);
    const wait = (day: string) => waited.get(`/v1/runs/attacked-own/${day}?wait=60s`);
    const [gone, ended] = ['2026-06-05', '2026-06-06'];
    for (const day of [gone, ended]) await waited.post('/v1/pipelines/attacked-own/runs', { period: day });
    const waiting = [wait(gone), wait(ended)];
    await expect.poll(() => waited.waiting()).toBe(2);
    const { workflowService, options, workflow } = waited.temporal;
    await workflowService.deleteWorkflowExecution({
      namespace: options.namespace,
      workflowExecution: { workflowId: `attacked-own/${gone}` },
    });
    await workflow.getHandle(`attacked-own/${ended}`).terminate();
    expect((await Promise.all(waiting)).map(({ status }) => status)).toEqual([404, 200]);
    expect(JSON.stringify(waited.log)).not.toContain('Cannot see');
    await waited.close();
  });

  it('are forgotten as well when they leave before their run has started', async () => {
    const left = await startApi([pipeline('attacked-own')]);
    const run = 'attacked-own/2026-06-07';
    const headers = { 'content-type': 'application/json' };
    const sent = request(`${left.url}/v1/pipelines/attacked-own/runs?wait=60s`, { method: 'POST', headers });
    sent.on('error', () => {}).end('{"period":"2026-06-07"}', () => sent.destroy());
    await expect.poll(() => left.log).toContainEqual(expect.objectContaining({ audit: true, run }));
    expect((await left.get(`/v1/runs/${run}?wait=1s`)).status).toBe(202);
    expect(left.waiting()).toBe(0);
    await left.close();
  });

  it('are told how their run stands when the server stops', async () => {
    const stopping = await startApi([pipeline('attacked-own')], { callerOf: () => ANYBODY });
    const key = `2026-06-02`;
    await stopping.post('/v1/pipelines/attacked-own/runs', { period: key });
    const waiting = stopping.get(`/v1/runs/attacked-own/${key}?wait=60s`);
    await expect.poll(() => stopping.waiting()).toBe(1);
    await Promise.all([stopping.close(), expect(waiting).resolves.toMatchObject({ status: 202 })]);
  });
});

it('says with 503 that Temporal cannot be reached, and lives on', { timeout: 60_000 }, async () => {
  const temporal = await startLocalServer({ uiPort: 'none' });
  const lonely = await startApi([pipeline('attacked-own')], { temporalAddress: temporal.address });
  expect((await lonely.get('/readyz')).status).toBe(200);
  await temporal.stop();
  await expect.poll(async () => (await lonely.get('/readyz')).status, { timeout: 20_000 }).toBe(503);
  const begun = performance.now();
  const answer = await lonely.post('/v1/pipelines/attacked-own/runs', { period: '2026-01-05' });
  expect(performance.now() - begun).toBeLessThan(11_000);
  expect(problemStatus(answer)).toBe(503);
  expect(answer.body['detail']).toContain('Temporal does not answer any more');
  expect(answer.body['detail']).toContain('may have been done all the same');
  expect(answer.headers.get('retry-after')).toBe('2');
  const unknown = { audit: true, action: 'start', run: 'attacked-own', result: 'unknown: the answer did not come' };
  expect(lonely.log).toContainEqual(expect.objectContaining(unknown));
  expect((await lonely.get('/healthz')).status).toBe(200);
  await lonely.close();
});

describe('a Temporal that falls silent', () => {
  it(
    'costs no caller more than the time that it may take, and leaves none without an answer',
    { timeout: 60_000 },
    async () => {
      const temporal = await startSilenceable(inject('temporalAddress'));
      const silenced = await startApi([pipeline('attacked-silent')], { temporalAddress: temporal.address });
      const run = '/v1/runs/attacked-silent/2026-06-03';
      const starts = '/v1/pipelines/attacked-silent/runs';
      expect((await silenced.post(starts, { period: '2026-06-03' })).status).toBe(201);
      const waiting = silenced.get(`${run}?wait=5s`);
      await expect.poll(() => silenced.waiting()).toBe(1);
      temporal.silence();
      const begun = performance.now();
      const changes = [
        silenced.post(starts, { period: '2026-06-04' }),
        silenced.post(`${starts}?wait=60s`, { period: '2026-06-04' }, { 'idempotency-key': 'silent' }),
        silenced.post(`${run}/replay`),
        silenced.post(`${run}/replay`, { dryRun: true }),
        silenced.post(`${run}/cancel`),
      ];
      const reads = [silenced.get(`${run}?wait=60s`), silenced.get(run), silenced.get('/v1/runs')];
      const answers = await Promise.all([...changes, ...reads]);
      expect(performance.now() - begun).toBeLessThan(12_000);
      for (const answer of answers) {
        expect(problemStatus(answer)).toBe(503);
        expect(answer.body['detail']).not.toMatch(/deadline|metadata/i);
      }
      for (const { body } of answers.slice(0, changes.length)) expect(body['detail']).toContain('so ask again');
      expect((await waiting).status).toBe(503);
      expect(performance.now() - begun).toBeLessThan(17_000);
      temporal.silence(false);
      await silenced.close();
      await temporal.close();
    },
  );
});

/** Passes bytes on to a server until it is silenced: then connections stay, and nothing comes through. */
async function startSilenceable(target: string) {
  const [host = '', port = ''] = target.split(':');
  const pairs: [Socket, Socket][] = [];
  const server = createServer((client) => {
    const upstream = connect(Number(port), host);
    client.pipe(upstream).pipe(client);
    pairs.push([client, upstream]);
    for (const socket of [client, upstream]) socket.on('error', () => socket.destroy());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** Nothing gets lost: what was held back comes through when it speaks again. */
    silence(isSilent = true) {
      for (const [client, upstream] of pairs) {
        if (isSilent) for (const socket of [client, upstream]) socket.unpipe().pause();
        else client.pipe(upstream).pipe(client);
      }
    },
    async close() {
      for (const socket of pairs.flat()) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
