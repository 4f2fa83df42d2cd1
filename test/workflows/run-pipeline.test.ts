import { readFile } from 'node:fs/promises';
import { WorkflowFailedError } from '@temporalio/client';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { InvalidInputError, RunNotFoundError } from '../../src/client/errors.ts';
import type { RunReport } from '../../src/pipeline/report.ts';
import { CATALOG } from '../../src/services/catalog.ts';
import { parsePipeline } from '../../src/pipeline/validation/parse.ts';
import { USES } from '../../src/uses-catalog.ts';
import { jobStep, pipeline } from '../support/example-pipelines.ts';
import { startNightscore, type Nightscore } from '../support/nightscore.ts';
import { simulateAws, type SimulatedAws } from '../support/simulated-aws.ts';

const AML = 'machine-learning/batch-prediction';
const AFD = 'fraud-detector/batch-prediction';

let aws: SimulatedAws;
let nightscore: Nightscore;

beforeAll(async () => {
  aws = await simulateAws({ speed: 100 });
  nightscore = await startNightscore();
});

beforeEach(() => aws.clearFaults());

afterAll(async () => {
  await nightscore.close();
  await aws.close();
});

function outcomes(report: RunReport): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(report.steps).map(([id, { outcome }]) => [id, outcome]));
}

describe('a run', () => {
  test.each([...CATALOG.keys()])('with a job of %s succeeds and reports the job as it is at AWS', async (uses) => {
    const name = uses.replace('/', '-');
    const report = await nightscore.run(pipeline(name, { score: jobStep(uses) }), '2026-11-20');
    expect(report.outcome).toBe('succeeded');
    const { job } = report.steps['score'] ?? {};
    expect(job).toMatchObject({ service: uses, adopted: false, region: 'eu-west-1' });
    const [truth] = await aws.jobs(job?.id ?? '');
    expect(truth).toMatchObject({ state: 'succeeded' });
  });

  test('runs steps in the order of their needs and hands on what they say', async () => {
    const definition = pipeline('in-order', {
      publish: {
        uses: 's3/copy',
        needs: ['score'],
        with: { from: '${{ steps.score.outputUri }}', to: 's3://nightscore-examples/latest/${{ run.key }}/' },
      },
      score: jobStep(AML),
    });
    const report = await nightscore.run(definition, '2026-11-20');
    expect(outcomes(report)).toEqual({ publish: 'succeeded', score: 'succeeded' });
    expect(await aws.objects('latest/2026-11-20/')).not.toHaveLength(0);
  });

  test('skips what needs a failed step, runs what is there for failures, and fails with the reason', async () => {
    const definition = pipeline('broken', {
      score: jobStep(AML, { with: { ...jobStep(AML).with, MLModelId: 'ml-unknown' } }),
      publish: {
        uses: 's3/copy',
        needs: ['score'],
        with: { from: 's3://nightscore-examples/a/', to: 's3://nightscore-examples/b/' },
      },
      rescue: {
        uses: 's3/copy',
        needs: ['score'],
        if: 'failed()',
        with: { from: 's3://nightscore-examples/tumor-screening/input/', to: 's3://nightscore-examples/rescued/' },
      },
    });
    const report = await nightscore.run(definition, '2026-11-20');
    expect(report.outcome).toBe('failed');
    expect(outcomes(report)).toEqual({ score: 'rejected', publish: 'skipped', rescue: 'succeeded' });
    expect(report.steps['score']?.error).toContain('ml-unknown');
    const failure = await nightscore.temporal.workflow
      .getHandle('broken/2026-11-20')
      .result()
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(WorkflowFailedError);
    expect(failure).toMatchObject({ cause: { type: 'PipelineFailed', details: [{ outcome: 'failed' }] } });
  });

  test('is found by what it is, what it uses and what it started', async () => {
    const report = await nightscore.run(pipeline('findable', { score: jobStep(AML) }), '2026-11-20');
    const job = report.steps['score']?.job?.id ?? '';
    const found = async (filter: object) => {
      for await (const run of nightscore.client.list({ pipeline: 'findable', ...filter })) return run;
      return undefined;
    };
    await expect
      .poll(() => found({ status: 'succeeded' }), { timeout: 10_000 })
      .toMatchObject({ id: 'findable/2026-11-20' });
    expect(await found({ job })).toMatchObject({ pipeline: 'findable', key: '2026-11-20', status: 'succeeded' });
    expect(await found({ service: AML })).toBeDefined();
    expect(await found({ service: AFD })).toBeUndefined();
    expect(await found({ status: 'failed' })).toBeUndefined();
  });

  test('never goes back to an earlier state, also while its results are read', async () => {
    const definition = pipeline('states', { score: jobStep(AFD, { verify: true }) });
    const { run } = await nightscore.client.start({ pipeline: definition, key: '2026-11-20' });
    const states: string[] = [];
    await nightscore.until(run, ({ steps, outcome }) => {
      const state = steps['score']?.state;
      if (state !== undefined && state !== states.at(-1)) states.push(state);
      return outcome !== undefined;
    });
    expect(states.join(' → ')).toMatch(/^(waiting → )?(starting → )?(queued → )?running → ended$/);
  });

  test('shows the records of a running job before it has ended', async () => {
    const { run } = await nightscore.client.start({
      pipeline: pipeline('live', { score: jobStep(AFD) }),
      key: '2026-11-20',
    });
    const live = await nightscore.until(run, ({ steps }) => (steps['score']?.job?.records?.processed ?? 0) > 0);
    expect(live.steps['score']).toMatchObject({ state: 'running', job: { rawStatus: 'IN_PROGRESS' } });
    expect(await nightscore.ended(run)).toMatchObject({ outcome: 'succeeded' });
  });
});

test('runs at the same time are each told of their own job', async () => {
  const names = ['side-a', 'side-b', 'side-c'];
  for (const name of names) {
    await nightscore.client.start({ pipeline: pipeline(name, { score: jobStep(AML) }), key: '2026-11-20' });
  }
  for (const name of names) {
    const live = await nightscore.until(
      `${name}/2026-11-20`,
      ({ steps }) => steps['score']?.job?.rawStatus !== undefined,
    );
    expect(live.steps['score']?.job?.id).toMatch(new RegExp(`^${name}-`));
  }
  for (const name of names) await nightscore.ended(`${name}/2026-11-20`);
});

test('a create that took effect is not called rejected because nobody may look for it', async () => {
  await aws.faults([
    { operation: 'CreateBatchPrediction', fault: 'reset-after', times: 1 },
    { operation: 'GetBatchPrediction', fault: 'access-denied', skip: 1, times: 1 },
  ]);
  const report = await nightscore.run(pipeline('unseen', { score: jobStep(AML) }), '2026-11-20');
  expect(report).toMatchObject({ outcome: 'succeeded', steps: { score: { job: { adopted: true } } } });
});

test('a start that is denied says in sentences what is missing, or where that is listed', async () => {
  await aws.faults([{ operation: 'CreateBatchPrediction', fault: 'access-denied' }]);
  const report = await nightscore.run(pipeline('denied', { score: jobStep(AML) }), '2026-11-20');
  expect(report.steps['score']).toMatchObject({
    outcome: 'rejected',
    error: expect.stringMatching(/\w\. (?:Missing permission|AWS does not say which permission is missing): .*\.$/),
  });
});

test('jobs are seen to end although nobody may list them', async () => {
  await aws.faults([{ operation: 'DescribeBatchPredictions', fault: 'access-denied' }]);
  const steps = Object.fromEntries(['one', 'two', 'three', 'four'].map((id) => [id, jobStep(AML)]));
  const report = await nightscore.run(pipeline('unlisted', steps), '2026-11-20');
  expect(report.outcome).toBe('succeeded');
});

test('a follow-up that fails has been tried once', async () => {
  const copy = {
    uses: 's3/copy',
    with: { from: 's3://nightscore-examples/nothing/', to: 's3://nightscore-examples/to/' },
  };
  const report = await nightscore.run(pipeline('no-copy', { copy }), '2026-11-20');
  expect(report.steps['copy']).toMatchObject({ outcome: 'failed', attempt: 1 });
});

test('parameters that are null are none', async () => {
  const handle = await nightscore.temporal.workflow.start('runPipeline', {
    workflowId: 'no-params/2026-11-20',
    taskQueue: nightscore.taskQueue,
    args: [{ pipeline: pipeline('no-params', { score: jobStep(AML) }), key: '2026-11-20', params: null }],
  });
  expect(await handle.result()).toMatchObject({ outcome: 'succeeded' });
});

test('a workflow of the type that is no run does not keep runs from being listed', async () => {
  const handle = await nightscore.temporal.workflow.start('runPipeline', {
    workflowId: '7c9e6679-7425-40de-944b-e07fc1f90ae7',
    taskQueue: nightscore.taskQueue,
    args: [{ pipeline: 'tumor-screening', key: '2026-11-20' }],
  });
  await handle.result().catch(() => undefined);
  const ids: string[] = [];
  for await (const { id } of nightscore.client.list()) ids.push(id);
  expect(ids.length).toBeGreaterThan(0);
  expect(ids).not.toContain(handle.workflowId);
  expect(await nightscore.client.get(handle.workflowId)).toMatchObject({ outcome: 'failed' });
});

describe('a run key', () => {
  test('that exists is left as it is', async () => {
    const definition = pipeline('once', { score: jobStep(AML) });
    const first = await nightscore.run(definition, '2026-11-20');
    expect(await nightscore.client.start({ pipeline: definition, key: '2026-11-20' })).toEqual({
      run: 'once/2026-11-20',
      started: false,
    });
    expect(await nightscore.client.get('once/2026-11-20')).toEqual(first);
  });

  test('must be the workflow id, or nothing is started', async () => {
    const definition = pipeline('misnamed', { score: jobStep(AML) });
    const handle = await nightscore.temporal.workflow.start('runPipeline', {
      workflowId: 'misnamed-of-my-own',
      taskQueue: nightscore.taskQueue,
      args: [{ pipeline: definition, key: '2026-11-20' }],
    });
    await expect(handle.result()).rejects.toMatchObject({
      cause: { message: expect.stringContaining('misnamed/2026-11-20') },
    });
  });
});

test.each([
  ['nothing', []],
  ['null', [null]],
  ['a text', ['tumor-screening']],
  ['no pipeline', [{ key: '2026-11-20' }]],
  ['no key', [{ pipeline: 'tumor-screening' }]],
  ['parameters that are no mapping', [{ pipeline: 'tumor-screening', key: 'k', params: 'bucket=x' }]],
])('a workflow that is started with %s fails at once and says what it takes', async (what, args) => {
  const handle = await nightscore.temporal.workflow.start('runPipeline', {
    workflowId: `rubbish-${what}`,
    taskQueue: nightscore.taskQueue,
    args,
  });
  await expect(handle.result()).rejects.toMatchObject({
    cause: { message: expect.stringContaining('takes one argument') },
  });
});

describe('a pipeline that is not right', () => {
  const wrong = pipeline('wrong', {
    score: jobStep(AML, { needs: ['nowhere'], uses: 'machine-learning/batch' }),
  });

  test('is refused by the client with every problem, and nothing is started', async () => {
    const start = nightscore.client.start({ pipeline: wrong, key: '2026-11-20' });
    await expect(start).rejects.toThrow(InvalidInputError);
    await expect(start).rejects.toThrow(/nowhere(.|\n)*machine-learning\/batch-prediction/);
    await expect(nightscore.client.get('wrong/2026-11-20')).rejects.toThrow(RunNotFoundError);
  });

  test('fails before anything is started when another program starts it', async () => {
    const handle = await nightscore.temporal.workflow.start('runPipeline', {
      workflowId: 'wrong/2026-11-20',
      taskQueue: nightscore.taskQueue,
      args: [{ pipeline: wrong, key: '2026-11-20' }],
    });
    await handle.result().catch(() => undefined);
    const report = await nightscore.client.get('wrong/2026-11-20');
    expect(report).toMatchObject({ outcome: 'failed', steps: {} });
    expect(report.error).toMatch(/nowhere(.|\n)*machine-learning\/batch-prediction/);
  });

  test('by name is looked for in the worker’s folder', async () => {
    const report = await nightscore.run('tumor-screning', '2026-11-20');
    expect(report.error).toMatch(/no pipeline "tumor-screning".*did you mean tumor-screening/);
  });

  test('for the parameters of this run fails before anything is started', async () => {
    const { run } = await nightscore.client.start({
      pipeline: 'tumor-screening',
      key: '2026-11-21',
      params: { bucket: 'NO SUCH NAME' },
    });
    const report = await nightscore.ended(run);
    expect(report).toMatchObject({ outcome: 'failed', steps: {} });
    expect(report.error).toContain('steps.score.with.OutputUri');
  });
});

describe('a cancel', () => {
  test('stops the job where its service can, and says so', async () => {
    const { run } = await nightscore.client.start({
      pipeline: pipeline('cancelled', { score: jobStep(AFD) }),
      key: '2026-11-20',
    });
    const { steps } = await nightscore.until(run, (report) => report.steps['score']?.job !== undefined);
    await nightscore.client.cancel(run);
    const report = await nightscore.ended(run);
    expect(report.outcome).toBe('cancelled');
    expect(report.steps['score']).toMatchObject({
      outcome: 'stopped',
      job: { stoppedBy: 'us', rawStatus: 'CANCELED' },
    });
    expect(await aws.jobs(steps['score']?.job?.id ?? '')).toMatchObject([{ state: 'stopped' }]);
  });

  test('says that the job may still run where its service cannot stop it', async () => {
    const { run } = await nightscore.client.start({
      pipeline: pipeline('left', { score: jobStep(AML) }),
      key: '2026-11-20',
    });
    await nightscore.until(run, ({ steps }) => steps['score']?.job !== undefined);
    await nightscore.client.cancel(run);
    const report = await nightscore.ended(run);
    expect(report.outcome).toBe('cancelled');
    expect(report.steps['score']).toMatchObject({
      outcome: 'left-running',
      error: expect.stringContaining('cannot stop it'),
    });
  });

  test('of a run that has ended changes nothing', async () => {
    const report = await nightscore.run(pipeline('over', { score: jobStep(AML) }), '2026-11-20');
    await nightscore.client.cancel('over/2026-11-20');
    expect(await nightscore.client.get('over/2026-11-20')).toEqual(report);
  });
});

test('a step that outlasts its timeout is stopped and fails the run', async () => {
  const definition = pipeline('too-slow', { score: jobStep(AFD, { timeout: '1s' }) });
  const report = await nightscore.run(definition, '2026-11-20');
  expect(report.outcome).toBe('failed');
  expect(report.steps['score']).toMatchObject({ outcome: 'stopped', error: expect.stringContaining('timed out') });
});

test('the history of a run does not grow with the time that its job takes', async () => {
  const eventsOf = async (name: string) => {
    await nightscore.run(pipeline(name, { score: jobStep(AML) }), '2026-11-20');
    const { events } = await nightscore.temporal.workflow.getHandle(`${name}/2026-11-20`).fetchHistory();
    return events?.length;
  };
  const fast = await eventsOf('short');
  await aws.faults([{ operation: 'GetBatchPrediction', fault: 'unknown-status', times: 20 }]);
  expect(await eventsOf('long')).toBe(fast);
});

describe('the first example of the page about pipeline files', () => {
  async function example(key: string): Promise<RunReport> {
    const page = await readFile('docs/pipelines.md', 'utf8');
    const [, text = ''] = /^```yaml\n(.*?)^```$/ms.exec(page) ?? [];
    const { definition } = parsePipeline(text, { file: 'docs/pipelines.md', uses: USES });
    const { score, ...others } = definition?.steps ?? {};
    const { run } = await nightscore.client.start({
      pipeline: {
        ...pipeline('page-example', { score: { ...jobStep(AML), gate: score?.gate ?? {} }, ...others }),
        params: definition?.params ?? {},
      },
      key,
      params: { bucket: 'nightscore-examples' },
    });
    return nightscore.ended(run);
  }

  test('keeps results that did not pass the gate', async () => {
    const { steps } = await example('2026-11-20');
    expect(steps).toMatchObject({
      score: { outcome: 'failed', error: expect.stringContaining('its gate') },
      publish: { outcome: 'skipped' },
      keep_for_inspection: { outcome: 'succeeded' },
    });
  });

  test('keeps nothing of a job that its service failed, because there is nothing', async () => {
    await aws.faults([{ service: 'machine-learning', call: 'create', fault: 'job-fails', times: 1 }]);
    const { steps } = await example('2026-11-21');
    expect(steps).toMatchObject({
      score: { outcome: 'failed', error: expect.stringContaining('cause') },
      publish: { outcome: 'skipped' },
      keep_for_inspection: { outcome: 'skipped' },
    });
  });
});
