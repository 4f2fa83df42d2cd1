import { randomUUID } from 'node:crypto';
import { DeleteObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RequestClaims } from '../../src/server/request-claims.ts';
import { createS3Client } from '../../src/services/s3-client.ts';
import { jobStep, pipeline } from '../support/example-pipelines.ts';
import { startNightscore, type Nightscore } from '../support/nightscore.ts';
import { REGION, simulateAws, type SimulatedAws } from '../support/simulated-aws.ts';
import { startApi, type Api } from './api.ts';

const AML = 'machine-learning/batch-prediction';
const night = pipeline('api-replay', { score: jobStep(AML), check: jobStep(AML, { needs: ['score'] }) });
const out = 's3://nightscore-examples/api-warned/';
const warned = pipeline('api-warned', {
  score: jobStep(AML, { with: { ...jobStep(AML).with, OutputUri: out } }),
  check: jobStep('fraud-detector/batch-prediction'),
});
const sized = { ...pipeline('api-sized', { score: jobStep(AML) }), params: { size: { type: 'integer' } } } as const;
const asked = {
  ...pipeline('api-asked', { score: jobStep(AML), after: jobStep(AML, { needs: ['score'] }) }),
  params: { size: { type: 'integer', default: 1 }, label: { type: 'string', default: 'plain' } },
} as const;
const PATH = '/v1/runs/api-replay/2026-11-20/replay';

let aws: SimulatedAws;
let nightscore: Nightscore;
let api: Api;

beforeAll(async () => {
  aws = await simulateAws();
  nightscore = await startNightscore();
  api = await startApi([night, warned, sized, asked], { taskQueue: nightscore.taskQueue });
});
afterAll(async () => {
  await api.close();
  await nightscore.close();
  await aws.close();
});

describe('replaying a run', () => {
  it('says first what it would do, then does it, under the name of the caller', async () => {
    await aws.faults([{ call: 'create', fault: 'job-fails', times: 1 }]);
    await nightscore.run(night, '2026-11-20');
    await aws.clearFaults();

    const plan = await api.post(PATH, { dryRun: true });
    expect(plan).toMatchObject({ status: 200, body: { paysAgain: 1, warnings: [] } });
    expect(plan.body['steps']).toMatchObject([
      { step: 'score', action: 'pay again', why: 'it failed (internal)', last: { outcome: 'failed' } },
      { step: 'check', action: 'run' },
    ]);

    const replayed = await api.post(PATH, { reason: 'the service was ill' });
    expect(replayed).toMatchObject({ status: 202, body: { run: 'api-replay/2026-11-20', status: 'running' } });
    await nightscore.ended('api-replay/2026-11-20');
    const report = await api.get('/v1/runs/api-replay/2026-11-20');
    expect(report.body).toMatchObject({
      outcome: 'succeeded',
      run: { trigger: expect.stringMatching(/^api \(/) as string, replay: { reason: 'the service was ill' } },
      steps: { score: { attempt: 2 } },
    });

    const listed = await api.get('/v1/runs?pipeline=api-replay');
    expect(listed.body['runs']).toMatchObject([{ status: 'succeeded', runId: replayed.body['runId'] }]);
  });

  it('starts one replay for all requests of one Idempotency-Key, and says so to those that come later', async () => {
    const path = '/v1/runs/api-replay/2026-11-21/replay';
    await aws.faults([{ call: 'create', fault: 'job-fails', times: 1 }]);
    await nightscore.run(night, '2026-11-21');
    await aws.clearFaults();
    const named = { 'idempotency-key': randomUUID() };

    const answers = await Promise.all(Array.from({ length: 5 }, () => api.post(path, {}, named)));
    expect(answers.map(({ status }) => status).toSorted((one, other) => one - other)).toEqual([
      200, 200, 200, 200, 202,
    ]);
    const { body } = answers.find(({ status }) => status === 202)!;
    expect(api.log).toContainEqual(
      expect.objectContaining({ action: 'replay', run: 'api-replay/2026-11-21', result: 'started', paysAgain: 1 }),
    );
    await nightscore.ended('api-replay/2026-11-21');
    const again = await api.post(path, {}, named);
    expect(again).toMatchObject({ status: 200, body: { runId: body['runId'], status: 'succeeded' } });
    expect(again.body).not.toHaveProperty('plan');
    expect(await nightscore.client.history('api-replay/2026-11-21')).toHaveLength(2);

    // Steps that succeeded are paid for again only because they are named: the more reason to do it once.
    const paid = { 'idempotency-key': randomUUID() };
    expect((await api.post(path, { from: 'score' }, paid)).status).toBe(202);
    await nightscore.ended('api-replay/2026-11-21');
    expect((await api.post(path, { from: 'score' }, paid)).status).toBe(200);
    expect(await nightscore.client.history('api-replay/2026-11-21')).toHaveLength(3);

    expect(await api.post(PATH, { from: 'score' }, paid)).toMatchObject({
      status: 409,
      body: { detail: expect.stringContaining('was used for a replay of run api-replay/2026-11-21') as string },
    });
    await expect
      .poll(() =>
        api.temporal.workflow.count(
          `WorkflowType = 'rememberRequest' AND ExecutionStatus = 'Completed' AND TaskQueue = '${nightscore.taskQueue}'`,
        ),
      )
      .toMatchObject({ count: 2 });
  });

  describe('under an Idempotency-Key that was used for a replay', () => {
    const used = {
      status: 409,
      body: {
        type: 'urn:nightscore:problem:key-used',
        detail: expect.stringContaining(
          'with another from, definition or params before; nothing was changed',
        ) as string,
      },
    };
    const pathOf = (key: string) => `/v1/runs/api-asked/${key}/replay`;
    const header = (name: string) => ({ 'idempotency-key': name });
    const runsUnder = async (key: string) => (await nightscore.client.history(`api-asked/${key}`)).length;
    const claims = () => new RequestClaims({ client: api.temporal, taskQueue: nightscore.taskQueue });

    it('refuses what asks for something else, while the replay runs and after it, and starts nothing', async () => {
      const run = 'api-asked/2026-11-20';
      const body = { from: 'score', params: { size: 1, label: 'x' } };
      const same = [
        { ...body, params: { label: 'x', size: 1 }, reason: 'once more' },
        { ...body, definition: 'same', of: randomUUID(), paysAgain: 5 },
      ];
      const others = [
        { ...body, from: 'after' },
        { params: body.params },
        { ...body, definition: 'new' },
        { ...body, params: { size: 2, label: 'x' } },
        { from: 'score' },
      ];
      const headers = header(randomUUID());
      const ask = (one: object) => api.post(pathOf('2026-11-20'), one, headers);
      const askAgain = async () => {
        for (const one of same) expect(await ask(one)).toMatchObject({ status: 200, body: { run } });
        for (const one of others) expect(await ask(one)).toMatchObject(used);
      };

      await nightscore.run(asked, '2026-11-20');
      await aws.faults([{ call: 'create', fault: 'job-hangs', times: 1 }]);
      expect((await ask({ ...body, reason: 'x' })).status).toBe(202);
      await askAgain();
      expect(await nightscore.client.standing(run)).toMatchObject({ status: 'running' });
      await nightscore.client.cancel(run);
      await nightscore.ended(run);
      await aws.clearFaults();
      await askAgain();
      expect(await runsUnder('2026-11-20')).toBe(2);
    });

    it('is not used up by a replay that has nothing to do', async () => {
      const headers = header(randomUUID());
      await nightscore.run(asked, '2026-11-21');
      const ask = (body: object) => api.post(pathOf('2026-11-21'), body, headers);
      expect(await ask({})).toMatchObject({ status: 400 });
      expect(await ask({ from: 'after' })).toMatchObject({ status: 202 });
      await nightscore.ended('api-asked/2026-11-21');
      expect(await ask({})).toMatchObject(used);
    });

    it('refuses something else also where the replay got lost before its start', async () => {
      const run = 'api-asked/2026-11-22';
      const name = randomUUID();
      await nightscore.run(asked, '2026-11-22');
      const { runId: of } = (await nightscore.client.standing(run))!;
      await claims().claim({ caller: 'anybody', pipeline: 'api-asked', name }, { run, of, asked: 'something else' });
      expect(await api.post(pathOf('2026-11-22'), { from: 'after' }, header(name))).toMatchObject(used);
      expect(await runsUnder('2026-11-22')).toBe(1);
    });

    it('takes a claim that does not say what was asked for, of an older version, for the same', async () => {
      const run = 'api-asked/2026-11-23';
      const name = randomUUID();
      await nightscore.run(asked, '2026-11-23');
      const { runId: of } = (await nightscore.client.standing(run))!;
      await claims().claim({ caller: 'anybody', pipeline: 'api-asked', name }, { run, of });
      const ask = () => api.post(pathOf('2026-11-23'), { from: 'after' }, header(name));
      expect(await ask()).toMatchObject({ status: 202 });
      expect(await ask()).toMatchObject({ status: 200 });
      await nightscore.ended(run);
      expect(await ask()).toMatchObject({ status: 200 });
      expect(await runsUnder('2026-11-23')).toBe(2);
    });
  });

  it('with other parameters leaves the start that it goes back to repeatable', async () => {
    const start = (params: object) => api.post('/v1/pipelines/api-sized/runs', { period: '2026-11-20', params });
    await aws.faults([{ call: 'create', fault: 'job-fails', times: 1 }]);
    await start({ size: 1 });
    await nightscore.ended('api-sized/2026-11-20');
    await aws.clearFaults();
    expect((await api.post('/v1/runs/api-sized/2026-11-20/replay', { params: { size: 2 } })).status).toBe(202);
    await nightscore.ended('api-sized/2026-11-20');
    for (const size of [1, 2]) {
      expect(await start({ size })).toMatchObject({ status: 200, body: { status: 'succeeded' } });
    }
    expect(await start({ size: 3 })).toMatchObject({
      status: 409,
      body: { differences: [{ what: 'params.size', run: 2, asked: 3 }] },
    });
  });

  it('answers 409 when the run was replayed since the plan, or still runs, and starts nothing', async () => {
    const { body: plan } = await api.post('/v1/runs/api-replay/2026-11-21/replay', { dryRun: true });
    const path = '/v1/runs/api-replay/2026-11-21/replay';
    const stale = { from: 'score', of: randomUUID() };
    for (const headers of [{}, { 'idempotency-key': randomUUID() }]) {
      expect(await api.post(path, stale, headers)).toMatchObject({
        status: 409,
        body: { type: 'urn:nightscore:problem:wrong-state' },
      });
    }
    const seen = { from: 'score', of: plan['of'], paysAgain: plan['paysAgain'] };
    expect(await api.post(path, seen)).toMatchObject({
      status: 409,
      body: { detail: expect.stringContaining('would pay for 2 jobs again by now, and for 0 in the plan') as string },
    });
    expect((await api.post(path, { ...seen, paysAgain: 2 })).status).toBe(202);

    await api.temporal.workflow.start('runPipeline', {
      workflowId: 'api-replay/2026-11-22',
      taskQueue: 'nobody-works-here',
      args: [{ pipeline: night, key: '2026-11-22' }],
    });
    expect(await api.post('/v1/runs/api-replay/2026-11-22/replay')).toMatchObject({
      status: 409,
      body: { detail: expect.stringContaining('still runs') as string },
    });
    await nightscore.ended('api-replay/2026-11-21');
  });

  it('warns who replays without a plan of what the plan would have warned of', async () => {
    await aws.faults([{ call: 'create', fault: 'job-fails', times: 1, service: 'fraud-detector' }]);
    await nightscore.run(warned, '2026-11-20');
    await aws.clearFaults();
    const s3 = createS3Client(REGION);
    for (const Key of await aws.objects('api-warned/'))
      await s3.send(new DeleteObjectCommand({ Bucket: 'nightscore-examples', Key }));
    const gone = [expect.stringMatching(/result files of score, which is reused: they are gone/) as string];
    expect(await api.post('/v1/runs/api-warned/2026-11-20/replay')).toMatchObject({
      status: 202,
      body: { plan: { warnings: gone } },
    });
    await nightscore.ended('api-warned/2026-11-20');
  });

  it.each([
    [PATH, {}, 400, /nothing to replay/],
    [PATH, { from: 'nowhere' }, 400, /has no step "nowhere"/],
    [PATH, { params: { size: 1 } }, 400, /has no parameter "size"/],
    [PATH, { definition: 'old' }, 400, /definition/],
    ['/v1/runs/api-replay/2000-01-01/replay', {}, 404, /There is no run/],
    ['/v1/runs/api-other/2000-01-01/replay', { definition: 'new' }, 404, /api-other/],
  ])('%s with %j is refused: %i', async (path, body, status, detail) => {
    const answer = await api.post(path, body);
    expect(answer.status).toBe(status);
    expect(String(answer.body['detail'])).toMatch(detail);
  });
});
