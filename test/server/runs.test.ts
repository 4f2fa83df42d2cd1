import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { NightscoreClient } from '../../src/client/nightscore-client.ts';
import { readRunInput } from '../../src/client/run-input.ts';
import type { PipelineDefinition } from '../../src/pipeline/definition.ts';
import { jobStep } from '../support/example-pipelines.ts';
import { startNightscore, type Nightscore } from '../support/nightscore.ts';
import { simulateAws, type SimulatedAws } from '../support/simulated-aws.ts';
import { startApi, type Api } from './api.ts';

const AML = 'machine-learning/batch-prediction';
const PARAMS = { label: { type: 'string', default: 'plain' }, size: { type: 'integer', default: 1 } } as const;

function pipeline(name: string, more: Partial<PipelineDefinition> = {}): PipelineDefinition {
  const score = jobStep(AML);
  return { name, params: PARAMS, steps: { score }, ...more };
}

const daily = pipeline('api-daily');
const byKey = {
  period: 'none',
  steps: {
    score: {
      ...jobStep(AML),
      with: { ...jobStep(AML).with, OutputUri: 's3://nightscore-examples/api/${{ run.key }}/' },
    },
  },
} as const;
const keyed = pipeline('api-keyed', byKey);
/** Started at an API that names a task queue without a worker. */
const unworked = pipeline('api-unworked', byKey);

let aws: SimulatedAws;
let nightscore: Nightscore;
let api: Api;
let idleApi: Api;

beforeAll(async () => {
  aws = await simulateAws();
  nightscore = await startNightscore();
  api = await startApi([daily, keyed], { taskQueue: nightscore.taskQueue });
  idleApi = await startApi([unworked, pipeline('api-unworked-nightly')]);
});
afterAll(async () => {
  await api.close();
  await idleApi.close();
  await nightscore.close();
  await aws.close();
});

describe('starting a run', () => {
  const path = '/v1/pipelines/api-daily/runs';

  it('answers 201 once, then 200 with the same run, and starts one job', async () => {
    const first = await api.post(path, { period: '2026-01-01' });
    expect(first).toMatchObject({
      status: 201,
      body: { run: 'api-daily/2026-01-01', started: true, status: 'running' },
    });
    expect(first.headers.get('location')).toBe('/v1/runs/api-daily/2026-01-01');
    const again = await api.post(path, { period: '2026-01-01' });
    expect(again).toMatchObject({ status: 200, body: { run: 'api-daily/2026-01-01', started: false } });
    const report = await nightscore.ended('api-daily/2026-01-01');
    expect(report).toMatchObject({ outcome: 'succeeded', run: { trigger: 'api (anybody)' } });
    const ended = await api.post(path, { period: '2026-01-01' });
    expect(ended).toMatchObject({ status: 200, body: { started: false, status: 'succeeded' } });
    const calls = await aws.ledger(`?job=${report.steps['score']?.job?.id}`);
    expect(calls.filter(({ operation }) => operation.startsWith('Create'))).toHaveLength(1);
  });

  it('starts one run for a hundred that ask at the same time, and tells exactly one that it did', async () => {
    const asking = Array.from({ length: 100 }, () => api.post(path, { period: '2026-01-02' }));
    const statuses = (await Promise.all(asking)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 201)).toHaveLength(1);
    expect(statuses.filter((status) => status === 200)).toHaveLength(99);
  });

  it('answers 409 to the same period with other parameters, and says what differs', async () => {
    await api.post(path, { period: '2026-01-03', params: { label: 'one' } });
    const other = await api.post(path, { period: '2026-01-03', params: { label: 'two', size: 2 } });
    expect(other).toMatchObject({
      status: 409,
      body: {
        type: 'urn:nightscore:problem:conflict',
        detail: expect.stringContaining('Run api-daily/2026-01-03 exists already') as string,
        differences: [
          { what: 'params.label', run: 'one', asked: 'two' },
          { what: 'params.size', run: 1, asked: 2 },
        ],
      },
    });
  });

  it('takes a default that is given for one that is not', async () => {
    await api.post(path, { period: '2026-01-04' });
    expect((await api.post(path, { period: '2026-01-04', params: { label: 'plain' } })).status).toBe(200);
  });

  it('gives the run that exists also when the file has changed since, and says in what', async () => {
    const changing = pipeline('api-changing', byKey);
    const file = join(api.folder, 'api-changing.yaml');
    await writeFile(file, JSON.stringify(changing));
    const key = randomUUID();
    expect((await api.post('/v1/pipelines/api-changing/runs', { key })).status).toBe(201);
    await writeFile(file, JSON.stringify({ ...changing, timeout: '1h' }));
    const again = await api.post('/v1/pipelines/api-changing/runs', { key });
    expect(again).toMatchObject({
      status: 200,
      body: { started: false, definitionDifferences: [{ what: 'pipeline.timeout', asked: '1h' }] },
    });
  });

  it('compares what callers say, not what a default of the file has become since', async () => {
    const changing = pipeline('api-default', { ...byKey, params: { size: { type: 'integer', default: 1 } } });
    const file = join(api.folder, 'api-default.yaml');
    await writeFile(file, JSON.stringify(changing));
    const key = randomUUID();
    const ask = (params: object) => api.post('/v1/pipelines/api-default/runs', { key, params });
    expect((await ask({})).status).toBe(201);
    await writeFile(file, JSON.stringify({ ...changing, params: { size: { type: 'integer', default: 2 } } }));
    expect((await ask({})).status).toBe(200);
    expect((await ask({ size: 1 })).status).toBe(200);
    expect(await ask({ size: 2 })).toMatchObject({
      status: 409,
      body: { differences: [{ what: 'params.size', run: 1, asked: 2 }] },
    });
  });

  it('compares with a run that was started by other means as well', async () => {
    await nightscore.client.start({ pipeline: daily, key: '2026-01-05', params: { size: 3 } });
    expect((await api.post(path, { period: '2026-01-05', params: { size: 3 } })).status).toBe(200);
    expect((await api.post(path, { period: '2026-01-05' })).status).toBe(409);
  });

  it('takes an Idempotency-Key for the key of a run without a period', async () => {
    const name = randomUUID();
    const first = await api.post('/v1/pipelines/api-keyed/runs', {}, { 'idempotency-key': name });
    expect(first).toMatchObject({ status: 201, body: { run: `api-keyed/${name}` } });
    const again = await api.post('/v1/pipelines/api-keyed/runs', {}, { 'idempotency-key': name });
    expect(again).toMatchObject({ status: 200, body: { run: `api-keyed/${name}` } });
  });

  it('makes a key of an Idempotency-Key that cannot be one', async () => {
    const headers = { 'idempotency-key': `"uploads/${randomUUID()}?x"` };
    const first = await api.post('/v1/pipelines/api-keyed/runs', {}, headers);
    expect(first.body['run']).toMatch(/^api-keyed\/request-[0-9a-f]{40}$/);
    expect(await api.post('/v1/pipelines/api-keyed/runs', {}, headers)).toMatchObject({
      status: 200,
      body: { run: first.body['run'] },
    });
  });

  describe('with an Idempotency-Key for a pipeline without a period', () => {
    const used = { status: 409, body: { type: 'urn:nightscore:problem:key-used' } };
    const post = (name: string, body = {}) =>
      idleApi.post('/v1/pipelines/api-unworked/runs', body, { 'idempotency-key': name });
    const isThere = async (key: string) => {
      const client = new NightscoreClient({ client: idleApi.temporal });
      return (await client.standing(`api-unworked/${key}`)) !== undefined;
    };

    it('refuses a key when the name was taken for the key, and starts nothing', async () => {
      const [name, other] = [randomUUID(), randomUUID()];
      const run = `api-unworked/${name}`;
      expect(await post(name)).toMatchObject({ status: 201, body: { run } });
      expect(await post(name, { key: other })).toMatchObject(used);
      expect(await isThere(other)).toBe(false);
      for (const same of [{}, { key: name }])
        expect(await post(name, same)).toMatchObject({ status: 200, body: { run } });
    });

    it('gives a request without a key the run that the name was used for', async () => {
      const [name, other] = [randomUUID(), randomUUID()];
      const run = `api-unworked/${other}`;
      expect(await post(name, { key: other })).toMatchObject({ status: 201, body: { run } });
      for (const same of [{}, { key: other }])
        expect(await post(name, same)).toMatchObject({ status: 200, body: { run, started: false } });
      expect(await post(name, { key: name })).toMatchObject(used);
      expect(await isThere(name)).toBe(false);
    });

    it('starts one run for those that ask at the same time, with a key and without', async () => {
      const [name, other] = [randomUUID(), randomUUID()];
      const asking = Array.from({ length: 10 }, (_, at) => post(name, at % 2 === 0 ? {} : { key: other }));
      const answers = await Promise.all(asking);
      expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
      expect(new Set(answers.filter(({ status }) => status < 300).map(({ body }) => body['run']))).toHaveLength(1);
      expect((await Promise.all([name, other].map(isThere))).filter(Boolean)).toHaveLength(1);
    });

    it('finds the run of a name that nobody has claimed', async () => {
      const name = randomUUID();
      await idleApi.post('/v1/pipelines/api-unworked/runs', { key: name });
      expect(await post(name)).toMatchObject({ status: 200, body: { run: `api-unworked/${name}` } });
    });

    it('is not used up by a request that is refused', async () => {
      const name = randomUUID();
      for (const wrong of [{ params: { size: 'x' } }, { period: '2026-02-03' }])
        expect(await post(name, wrong)).toMatchObject({ status: 400 });
      expect(await post(name, { key: randomUUID() })).toMatchObject({ status: 201 });
    });
  });

  describe('with an Idempotency-Key for a night', () => {
    const nightly = '/v1/pipelines/api-unworked-nightly/runs';
    const today = new Date();
    const tomorrow = new Date(today.getTime() + 24 * 3_600_000);
    const dayOf = (date: Date) => date.toISOString().slice(0, 10);

    afterEach(() => void vi.useRealTimers());

    async function post(name: string, body = {}, now = today) {
      vi.useFakeTimers({ toFake: ['Date'], now });
      return idleApi.post(nightly, body, { 'idempotency-key': name });
    }

    it('gives a request that is repeated after midnight the night that it began in', async () => {
      const name = randomUUID();
      const run = `api-unworked-nightly/${dayOf(today)}`;
      expect(await post(name)).toMatchObject({ status: 201, body: { run } });
      expect(await post(name, {}, tomorrow)).toMatchObject({ status: 200, body: { run, started: false } });
      // Also where the run was there before the request, and after a replay.
      const late = randomUUID();
      expect(await post(late)).toMatchObject({ status: 200, body: { run } });
      const { workflow } = idleApi.temporal;
      const args = [await readRunInput(idleApi.temporal, run)];
      await workflow.getHandle(run).terminate();
      await workflow.start('runPipeline', { workflowId: run, taskQueue: 'nobody-works-here', args });
      for (const one of [name, late])
        expect(await post(one, {}, tomorrow)).toMatchObject({ status: 200, body: { run } });
      expect(await post(randomUUID(), {}, tomorrow)).toMatchObject({ status: 201 });
    });

    it('is refused when it names another night, and says what it was used for', async () => {
      const name = randomUUID();
      expect(await post(name, { period: '2026-02-01' })).toMatchObject({ status: 201 });
      expect(await post(name, { period: '2026-02-01' })).toMatchObject({ status: 200 });
      for (const other of [{ period: '2026-02-02' }, { key: '2026-02-02' }]) {
        expect(await post(name, other)).toMatchObject({
          status: 409,
          body: {
            type: 'urn:nightscore:problem:key-used',
            detail: expect.stringContaining('run api-unworked-nightly/2026-02-01') as string,
          },
        });
      }
      expect((await idleApi.get('/v1/runs/api-unworked-nightly/2026-02-02')).status).toBe(404);
    });

    it('is not used up by a request that is refused', async () => {
      const name = randomUUID();
      expect(await post(name, { period: '2026-02-03', params: { size: 'x' } })).toMatchObject({ status: 400 });
      expect(await post(name, { period: '2026-02-04' })).toMatchObject({ status: 201 });
    });

    it('shows in no list of runs', async () => {
      await post(randomUUID(), { period: '2026-02-05' });
      const ids = async () => {
        const { body } = await idleApi.get('/v1/runs?limit=200');
        return (body['runs'] as { id: string }[]).map(({ id }) => id);
      };
      await expect.poll(ids).toContain('api-unworked-nightly/2026-02-05');
      expect((await ids()).filter((id) => id.includes('request:'))).toEqual([]);
    });
  });

  it.each([
    {
      of: 'a parameter that is none',
      body: { period: '2026-01-06', params: { labl: 'x' } },
      says: 'did you mean label?',
    },
    {
      of: 'a parameter of another type',
      body: { period: '2026-01-06', params: { size: 'x' } },
      says: 'size must be an integer',
    },
    { of: 'a period and a key', body: { period: '2026-01-06', key: 'x' }, says: 'Give period or key, not both.' },
    { of: 'a day that is none', body: { period: '2026-02-30' }, says: '2026-02-30' },
    {
      of: 'a member that is none',
      body: { perod: '2026-01-06' },
      says: 'body.perod: unknown key (did you mean period?)',
    },
    { of: 'a key that cannot be one', body: { key: '../x' }, says: 'a key is 1 to 128 letters' },
  ])('refuses $of in the words of the command, and starts nothing', async ({ body, says }) => {
    const answer = await api.post(path, body);
    expect(answer.status).toBe(400);
    expect(answer.headers.get('content-type')).toMatch('application/problem+json');
    expect(answer.body['detail']).toContain(says);
    expect((await api.get('/v1/runs/api-daily/2026-01-06')).status).toBe(404);
  });

  it('answers at once to a body of quotes and backslashes, as large as a body may be', async () => {
    const begun = performance.now();
    expect((await api.post(path, '"\\'.repeat(120_000))).status).toBe(400);
    expect(performance.now() - begun).toBeLessThan(1_000);
  });

  it('takes brackets in a text for what they are', async () => {
    const label = '[{"\\'.repeat(20);
    expect((await api.post(path, { period: '2026-01-08', params: { label } })).status).toBe(201);
  });

  it('says of names that are none, and of many that are wrong, only as much as a person reads', async () => {
    const long = await api.post(path, { ['x'.repeat(200_000)]: 1 });
    expect(long.status).toBe(400);
    expect(JSON.stringify(long.body).length).toBeLessThan(4_000);
    expect(long.body['detail']).toContain('unknown key');
    const many = await api.post(path, Object.fromEntries(Array.from({ length: 1000 }, (_, at) => [`x${at}`, 1])));
    expect(many.body['problems']).toHaveLength(21);
    expect(many.body['detail']).toContain('980 more');
    const params = { ['x'.repeat(200_000)]: 1 };
    expect(JSON.stringify((await api.post(path, { params })).body).length).toBeLessThan(4_000);
  });

  it('suggests what was probably meant, of the pipelines that a caller may know of', async () => {
    const caller = { name: 'limited', scopes: ['start'], pipelines: ['api-dail', 'api-keye', 'api-keyed'] } as const;
    const limited = await startApi([daily, keyed], { callerOf: () => caller });
    const detail = async (name: string) => (await limited.post(`/v1/pipelines/${name}/runs`)).body['detail'];
    expect(await detail('api-keye')).toBe('There is no pipeline "api-keye" (did you mean api-keyed?).');
    expect(await detail('api-dail')).toBe('There is no pipeline "api-dail".');
    await limited.close();
  });

  it('takes it upon itself when the folder of pipelines is gone', async () => {
    const homeless = await startApi([], { pipelinesFolder: '/no/such/folder' });
    for (const answer of [
      await homeless.post(path),
      await homeless.get('/v1/pipelines'),
      await homeless.get('/readyz'),
    ]) {
      expect(answer).toMatchObject({ status: 503, body: { type: 'urn:nightscore:problem:no-pipelines' } });
      expect(JSON.stringify(answer.body)).not.toContain('/no/such');
    }
    expect(JSON.stringify(homeless.log)).toContain('ENOENT');
    await homeless.close();
  });

  it('answers 404 for a pipeline that is none, and 422 with each problem for one whose file is not right', async () => {
    expect((await api.post('/v1/pipelines/nobodys/runs')).status).toBe(404);
    await writeFile(join(api.folder, 'api-broken.yaml'), 'name: api-broken\nsteps:\n  score: {}\n');
    const answer = await api.post('/v1/pipelines/api-broken/runs');
    expect(answer.status).toBe(422);
    expect(answer.body['detail']).toMatch(/^api-broken\.yaml:3:\d+ steps\.score/);
    await writeFile(join(api.folder, 'api-other.yaml'), JSON.stringify(daily));
    expect((await api.post('/v1/pipelines/api-other/runs')).body['detail']).toContain(
      'holds another pipeline, api-daily',
    );
  });

  it('leaves a line of audit for each change, with who asked under which request', async () => {
    await api.post(path, { period: '2026-01-07' }, { 'x-request-id': 'night-7' });
    expect(api.log).toContainEqual(
      expect.objectContaining({
        audit: true,
        action: 'start',
        caller: 'anybody',
        run: 'api-daily/2026-01-07',
        result: 'started',
        requestId: 'night-7',
      }),
    );
  });

  it('leaves it also in a log of warnings alone, and says there what came of the change', async () => {
    const lines: string[] = [];
    const log = pino({ level: 'warn' }, { write: (line) => void lines.push(line) });
    const quiet = await startApi([unworked], { log });
    const body = { key: randomUUID() };
    for (let count = 0; count < 2; count += 1) await quiet.post('/v1/pipelines/api-unworked/runs', body);
    await quiet.close();
    expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([
      { audit: true, result: 'started', msg: 'A caller asked for a change' },
      { audit: true, result: 'existed already', msg: 'A caller asked for a change' },
    ]);
  });
});

describe('waiting for a run', () => {
  it('answers with the report as soon as the run has ended', async () => {
    const answer = await api.post('/v1/pipelines/api-daily/runs?wait=30s', { period: '2026-02-01' });
    expect(answer).toMatchObject({ status: 201, body: { status: 'succeeded', report: { outcome: 'succeeded' } } });
    expect((await api.get('/v1/runs/api-daily/2026-02-01?wait=30s')).status).toBe(200);
  });

  it('answers 202 with what is known when the time is over', async () => {
    const key = randomUUID();
    await idleApi.post('/v1/pipelines/api-unworked/runs', { key });
    const answer = await idleApi.get(`/v1/runs/api-unworked/${key}?wait=1s`);
    expect(answer).toMatchObject({ status: 202, body: { run: { id: `api-unworked/${key}` } } });
    expect(answer.headers.get('retry-after')).toBe('1');
  });

  it('answers 404 at once for a run that is none', async () => {
    expect((await api.get('/v1/runs/api-daily/1999-01-01?wait=60s')).status).toBe(404);
  });
});

describe('reading and cancelling runs', () => {
  it('gives the report that the command gives', async () => {
    await nightscore.run(daily, '2026-03-01');
    const known = await nightscore.client.get('api-daily/2026-03-01');
    expect(await api.get('/v1/runs/api-daily/2026-03-01')).toMatchObject({ status: 200, body: known });
  });

  it('lists runs by page and by filter, each once', async () => {
    const listed = pipeline('api-listed');
    for (const day of ['01', '02', '03']) await nightscore.run(listed, `2026-03-${day}`);
    const seen: unknown[] = [];
    let cursor = '';
    do {
      const { body } = await api.get(`/v1/runs?pipeline=api-listed&limit=2${cursor}`);
      seen.push(...(body['runs'] as { key: string }[]).map(({ key }) => key));
      cursor = typeof body['next'] === 'string' ? `&cursor=${body['next']}` : '';
    } while (cursor !== '');
    expect(seen).toEqual(['2026-03-03', '2026-03-02', '2026-03-01']);
    const filtered = async (query: string) => (await api.get(`/v1/runs?pipeline=api-listed&${query}`)).body['runs'];
    expect(await filtered('key=2026-03-02')).toMatchObject([{ id: 'api-listed/2026-03-02', status: 'succeeded' }]);
    expect(await filtered('status=failed')).toEqual([]);
    expect(await filtered(`service=${AML}&since=1h`)).toHaveLength(3);
    expect(await filtered('since=2100-01-01')).toEqual([]);
  });

  it('lists runs that no worker has taken up', async () => {
    const key = randomUUID();
    await idleApi.post('/v1/pipelines/api-unworked/runs', { key });
    for (const query of ['pipeline=api-unworked&limit=200', `pipeline=api-unworked&key=${key}`]) {
      const ids = async () =>
        ((await idleApi.get(`/v1/runs?${query}`)).body['runs'] as { id: string }[]).map(({ id }) => id);
      await expect.poll(ids).toContain(`api-unworked/${key}`);
    }
  });

  it.each(['cursor=AAAA', 'since=yesterdayish', 'limit=0', 'status=done', 'nothing=1'])('refuses %s', async (query) => {
    expect(await api.get(`/v1/runs?${query}`)).toMatchObject({ status: 400 });
  });

  it('asks a run to cancel', async () => {
    const key = randomUUID();
    await idleApi.post('/v1/pipelines/api-unworked/runs', { key });
    const run = `api-unworked/${key}`;
    expect(await idleApi.post(`/v1/runs/${run}/cancel`)).toMatchObject({
      status: 202,
      body: { run, cancelRequested: true, status: 'running' },
    });
    expect(idleApi.log).toContainEqual(
      expect.objectContaining({ audit: true, action: 'cancel', run, result: 'asked' }),
    );
    const { events } = await nightscore.temporal.workflow.getHandle(run).fetchHistory();
    expect(events?.some((event) => event.workflowExecutionCancelRequestedEventAttributes)).toBe(true);
  });

  it('says of a run that has ended that there is nothing to cancel', async () => {
    await nightscore.run(daily, '2026-03-04');
    const path = '/v1/runs/api-daily/2026-03-04/cancel';
    expect(await api.post(path, {})).toMatchObject({
      status: 202,
      body: { cancelRequested: false, status: 'succeeded' },
    });
    expect(await api.post(path, { step: 'score' })).toMatchObject({
      status: 400,
      body: { detail: 'Run api-daily/2026-03-04 has ended already.' },
    });
    expect((await api.post('/v1/runs/api-daily/1999-01-01/cancel')).status).toBe(404);
  });
});

describe('what can be started', () => {
  it('lists pipelines, and says which are not right', async () => {
    const { body } = await api.get('/v1/pipelines');
    expect(body['pipelines']).toContainEqual({ name: 'api-daily', valid: true, period: 'day' });
    expect(body['pipelines']).toContainEqual({ name: 'api-broken', valid: false });
  });

  it('gives a pipeline as its file says', async () => {
    expect(await api.get('/v1/pipelines/api-daily')).toMatchObject({ status: 200, body: daily });
  });

  it('lists the services as the command does', async () => {
    expect((await api.get('/v1/services')).body).toMatchObject({
      followUps: expect.arrayContaining(['s3/copy']) as unknown,
    });
  });
});
