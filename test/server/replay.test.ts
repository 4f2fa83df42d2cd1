import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { jobStep, pipeline } from '../support/example-pipelines.ts';
import { startNightscore, type Nightscore } from '../support/nightscore.ts';
import { simulateAws, type SimulatedAws } from '../support/simulated-aws.ts';
import { startApi, type Api } from './api.ts';

const AML = 'machine-learning/batch-prediction';
const night = pipeline('api-replay', { score: jobStep(AML), check: jobStep(AML, { needs: ['score'] }) });
const PATH = '/v1/runs/api-replay/2026-11-20/replay';

let aws: SimulatedAws;
let nightscore: Nightscore;
let api: Api;

beforeAll(async () => {
  aws = await simulateAws();
  nightscore = await startNightscore();
  api = await startApi([night], { taskQueue: nightscore.taskQueue });
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
