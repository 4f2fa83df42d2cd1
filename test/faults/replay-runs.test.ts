import { GetBatchPredictionCommand, MachineLearningClient } from '@aws-sdk/client-machine-learning';
import { DeleteObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { NightscoreClient } from '../../src/client/nightscore-client.ts';
import type { PipelineDefinition, StepDefinition } from '../../src/pipeline/definition.ts';
import type { ReplayAction } from '../../src/pipeline/replay-plan.ts';
import type { RunReport } from '../../src/pipeline/report.ts';
import { createS3Client } from '../../src/services/s3-client.ts';
import { countCreates } from '../support/creates.ts';
import { jobStep, pipeline } from '../support/example-pipelines.ts';
import { startNightscore, type Nightscore } from '../support/nightscore.ts';
import { REGION, simulateAws, type SimulatedAws } from '../support/simulated-aws.ts';

const AML = 'machine-learning/batch-prediction';
const AFD = 'fraud-detector/batch-prediction';
/** Its jobs outlast whatever is done to their runs meanwhile, also on a busy machine. */
const PERSONALIZE = 'personalize/batch-inference';
const KEY = '2026-11-20';

let aws: SimulatedAws;
let nightscore: Nightscore;

beforeAll(async () => {
  aws = await simulateAws({
    speed: 600,
    settings: { fraudDetector: { simultaneousJobs: 100 }, personalize: { timing: { queuedSeconds: 3_000 } } },
  });
  nightscore = await startNightscore();
});
afterEach(() => aws.clearFaults());
afterAll(async () => {
  await nightscore.close();
  await aws.close();
});

const copy: StepDefinition = {
  uses: 's3/copy',
  needs: ['score'],
  with: { from: '${{ steps.score.outputUri }}', to: 's3://nightscore-examples/replayed/${{ run.key }}/' },
};

async function actions(run: string, options: object = {}): Promise<Record<string, ReplayAction>> {
  const { steps } = await nightscore.client.planReplay({ run, ...options });
  return Object.fromEntries(steps.map(({ step, action }) => [step, action]));
}

async function replayed(run: string, options: object = {}): Promise<RunReport> {
  await nightscore.client.replay({ run, ...options });
  return nightscore.ended(run);
}

async function removeObjects(prefix: string): Promise<void> {
  const s3 = createS3Client(REGION);
  for (const Key of await aws.objects(prefix)) {
    await s3.send(new DeleteObjectCommand({ Bucket: 'nightscore-examples', Key }));
  }
}

/** A run that somebody terminated in Temporal once its job was started. */
async function terminated(name: string, steps: PipelineDefinition['steps']): Promise<string> {
  const { run } = await nightscore.client.start({ pipeline: pipeline(name, steps), key: KEY });
  await running(run);
  await nightscore.temporal.workflow.getHandle(run).terminate('by a test');
  await nightscore.ended(run);
  return run;
}

/** The report once the run's job was started. */
async function running(run: string): Promise<RunReport> {
  return nightscore.until(run, ({ steps }) => steps['score']?.job !== undefined);
}

describe('a replay', () => {
  it('pays again only for the step that failed, and reuses the others', async () => {
    await aws.faults([{ call: 'create', fault: 'job-fails', times: 1, service: 'fraud-detector' }]);
    const steps = { score: jobStep(AML), check: jobStep(AFD, { needs: ['score'] }), publish: copy };
    const first = await nightscore.run(pipeline('replay-some', steps), KEY);
    await aws.clearFaults();
    expect(first.outcome).toBe('failed');
    const plan = await nightscore.client.planReplay({ run: first.run.id });
    expect(plan.steps).toMatchObject([
      { step: 'score', action: 'reuse', last: { outcome: 'succeeded', job: first.steps['score']?.job?.id } },
      { step: 'check', action: 'pay again', why: 'it failed (internal)' },
      { step: 'publish', action: 'reuse' },
    ]);
    const second = await replayed(first.run.id, { reason: 'the service was ill', trigger: 'a test' });
    expect(second).toMatchObject({
      outcome: 'succeeded',
      run: { trigger: 'a test', replay: { of: plan.of, reason: 'the service was ill' } },
      steps: {
        score: { attempt: 1, reused: { runId: plan.of }, job: { id: first.steps['score']?.job?.id } },
        check: { attempt: 2, earlierJobs: [{ id: first.steps['check']?.job?.id }] },
        publish: { reused: { runId: plan.of }, outputs: { copied: expect.any(Number) as number } },
      },
    });
    expect(await countCreates(aws, second)).toBe(3);
  });

  it.each([
    ['terminated', (run: string) => nightscore.temporal.workflow.getHandle(run).terminate('by a test')],
    ['cancelled', (run: string) => nightscore.client.cancel(run)],
  ])('takes over the job of a run that was %s, and pays for none', async (how, end) => {
    const { run } = await nightscore.client.start({
      pipeline: pipeline(`replay-${how}`, { score: jobStep(PERSONALIZE), publish: copy }),
      key: KEY,
    });
    const before = await running(run);
    await end(run);
    await nightscore.ended(run);
    expect(await actions(run)).toEqual({ score: 'adopt', publish: 'run' });
    const after = await replayed(run);
    expect(after).toMatchObject({
      outcome: 'succeeded',
      steps: { score: { attempt: 1, job: { id: before.steps['score']?.job?.id, adopted: true } } },
    });
    expect(await countCreates(aws, after)).toBe(1);
  });

  it('pays again where the job of a run that was terminated has failed since, and says so before', async () => {
    await aws.faults([{ call: 'create', fault: 'job-fails', times: 1, message: 'Invalid S3 input path' }]);
    const run = await terminated('replay-failed-since', { score: jobStep(AML) });
    const { steps } = await nightscore.client.get(run);
    const state = async () => (await aws.jobs(steps['score']?.job?.id ?? ''))[0]?.state;
    await expect.poll(state, { timeout: 10_000 }).toBe('failed');
    expect(await nightscore.client.planReplay({ run })).toMatchObject({
      paysAgain: 1,
      steps: [{ action: 'pay again', why: 'it failed (input)' }],
    });
    const after = await replayed(run);
    expect(after).toMatchObject({
      outcome: 'succeeded',
      steps: { score: { attempt: 2, earlierJobs: [{ rawStatus: 'FAILED' }] } },
    });
    expect(await countCreates(aws, after)).toBe(2);
  });

  it('never creates a job in place of one that its service no longer knows', async () => {
    await aws.faults([{ call: 'create', fault: 'job-vanishes', times: 1 }]);
    const run = await terminated('replay-vanished', { score: jobStep(AML) });
    const { steps } = await nightscore.client.get(run);
    const id = steps['score']?.job?.id;
    const look = () =>
      new MachineLearningClient({ region: REGION }).send(new GetBatchPredictionCommand({ BatchPredictionId: id })).then(
        () => 'it is there',
        (error: Error) => error.name,
      );
    await expect.poll(look, { timeout: 10_000 }).toBe('ResourceNotFoundException');
    expect(await actions(run)).toEqual({ score: 'adopt' });
    const after = await replayed(run);
    expect(after).toMatchObject({
      outcome: 'failed',
      steps: { score: { outcome: 'lost', attempt: 1, job: { id } } },
    });
    expect(await countCreates(aws, after)).toBe(1);
    expect(await actions(run)).toEqual({ score: 'pay again' });
  });

  it('says lost of a job that its service no longer knows, also when the step times out over that', async () => {
    await aws.faults([{ call: 'create', fault: 'job-vanishes', times: 1 }]);
    const run = await terminated('replay-vanished-late', { score: jobStep(AML) });
    await aws.clearFaults();
    const { steps } = await nightscore.client.get(run);
    const job = { id: steps['score']?.job?.id };
    const command = new GetBatchPredictionCommand({ BatchPredictionId: job.id });
    const look = () => new MachineLearningClient({ region: REGION }).send(command).catch((error: Error) => error.name);
    await expect.poll(look, { timeout: 10_000 }).toBe('ResourceNotFoundException');
    // The second look at a job that was not there comes after two seconds.
    const hurried = pipeline('replay-vanished-late', { score: jobStep(AML, { timeout: '1s' }) });
    const after = await replayed(run, { definition: hurried });
    expect(after.steps['score']).toMatchObject({ outcome: 'lost', attempt: 1, job });
    expect(await countCreates(aws, after)).toBe(1);
  });

  it('does not lose a job that it cannot see while it takes it over', async () => {
    const run = await terminated('replay-denied', { score: jobStep(AML) });
    const jobId = (await nightscore.client.get(run)).steps['score']?.job?.id;
    // One for the plan, the others for the start: the watcher, which all tests share, shall not be refused and wait.
    await aws.faults([{ call: 'read', fault: 'access-denied', times: 3 }]);
    await nightscore.client.replay({ run });
    const refused = async () =>
      (await aws.ledger(`?job=${jobId}`)).filter(({ errorCode }) => errorCode?.startsWith('AccessDenied'));
    await expect.poll(async () => (await refused()).length, { timeout: 10_000 }).toBeGreaterThan(1);
    await nightscore.temporal.workflow.getHandle(run).terminate('by a test');
    await aws.clearFaults();
    expect(await actions(run)).toEqual({ score: 'adopt' });
    const after = await replayed(run);
    expect(after).toMatchObject({ outcome: 'succeeded', steps: { score: { attempt: 1 } } });
    expect(await countCreates(aws, after)).toBe(1);
  });

  it('publishes no results that were made again since, although the replay that made them failed', async () => {
    const check = jobStep(AFD, { needs: ['score'] });
    const definition = pipeline('replay-stale', {
      score: jobStep(AML),
      check,
      publish: { ...copy, needs: ['score', 'check'] },
    });
    const { run } = await nightscore.run(definition, KEY);
    await aws.faults([{ call: 'create', fault: 'job-fails', times: 1, service: 'fraud-detector' }]);
    expect(await replayed(run.id, { from: 'score' })).toMatchObject({
      outcome: 'failed',
      steps: { publish: { outcome: 'skipped' } },
    });
    expect(await actions(run.id)).toEqual({ score: 'reuse', check: 'pay again', publish: 'run' });
    const after = await replayed(run.id);
    expect(after).toMatchObject({ outcome: 'succeeded', steps: { score: { attempt: 2 }, publish: { attempt: 2 } } });
  });

  it('goes on with the numbers of a step that was not in the definition for a while, or was no job', async () => {
    await aws.faults([{ call: 'create', fault: 'job-fails', times: 1, service: 'machine-learning' }]);
    const other = jobStep(AFD);
    const definition = pipeline('replay-changes', { score: jobStep(AML), other });
    const { run } = await nightscore.run(definition, KEY);
    const without = pipeline('replay-changes', { other, more: jobStep(AFD) });
    await replayed(run.id, { definition: without });
    const { needs: _, ...first } = copy;
    const asCopy = { ...first, with: { ...copy.with, from: 's3://nightscore-examples/tumor-screening/input/' } };
    await replayed(run.id, { definition: pipeline('replay-changes', { score: asCopy, other }) });
    const after = await replayed(run.id, { definition });
    expect(after).toMatchObject({ outcome: 'succeeded', steps: { score: { attempt: 3 }, other: { attempt: 1 } } });
    expect(after.steps['score']?.earlierJobs).toHaveLength(1);
  });

  it('warns of a job that may run and that nobody looks after', async () => {
    const rescue = jobStep(AML, { needs: ['score'], if: 'failed()' });
    await aws.faults([
      { call: 'create', fault: 'job-fails', times: 1, service: 'fraud-detector' },
      { call: 'create', fault: 'job-hangs', times: 1, service: 'machine-learning' },
    ]);
    const { run } = await nightscore.client.start({
      pipeline: pipeline('replay-left', { score: jobStep(AFD), rescue }),
      key: KEY,
    });
    await nightscore.until(run, ({ steps }) => steps['rescue']?.job !== undefined);
    await nightscore.temporal.workflow.getHandle(run).terminate('by a test');
    const { steps, warnings } = await nightscore.client.planReplay({ run });
    expect(steps).toMatchObject([{ action: 'pay again' }, { action: 'skip' }]);
    expect(warnings).toEqual([expect.stringMatching(/Step rescue will be skipped, and its job .* may still run/)]);
  });

  it('goes on with the numbers when a replay is replayed', async () => {
    await aws.faults([{ call: 'create', fault: 'job-fails', times: 2 }]);
    const steps = { score: jobStep(AML), other: jobStep(AFD, { needs: ['score'] }) };
    const first = await nightscore.run(pipeline('replay-twice', steps), KEY);
    const second = await replayed(first.run.id);
    expect(second.outcome).toBe('failed');
    await aws.clearFaults();
    const third = await replayed(first.run.id);
    expect(third).toMatchObject({ outcome: 'succeeded', steps: { score: { attempt: 3 }, other: { attempt: 1 } } });
    expect(third.steps['score']?.earlierJobs).toHaveLength(2);
    expect(await countCreates(aws, third)).toBe(4);
  });

  it('keeps what it knows of steps that it never began', async () => {
    await aws.faults([{ call: 'create', fault: 'job-fails', service: 'fraud-detector', times: 1 }]);
    const steps = { score: jobStep(AML), check: jobStep(AFD), last: jobStep(AML, { needs: ['check'] }) };
    const first = await nightscore.run(pipeline('replay-unbegun', steps), KEY);
    await aws.faults([{ call: 'read', fault: 'throttle' }]);
    await nightscore.client.replay({ run: first.run.id });
    await nightscore.client.cancel(first.run.id);
    await aws.clearFaults();
    await nightscore.ended(first.run.id);
    expect(await actions(first.run.id)).toMatchObject({ score: 'reuse' });
    const third = await replayed(first.run.id);
    expect(third.outcome).toBe('succeeded');
    expect(third.steps['check']?.attempt).toBeGreaterThan(1);
  });

  it('runs a step again with all that need it when asked to, and no other', async () => {
    const steps = { score: jobStep(AML), other: jobStep(AFD), publish: copy };
    const first = await nightscore.run(pipeline('replay-from', steps), KEY);
    expect(first.outcome).toBe('succeeded');
    expect(await actions(first.run.id, { from: 'score' })).toEqual({
      score: 'pay again',
      other: 'reuse',
      publish: 'run',
    });
    const second = await replayed(first.run.id, { from: 'score' });
    expect(second).toMatchObject({ outcome: 'succeeded', steps: { score: { attempt: 2 }, other: { attempt: 1 } } });
    expect(second.steps['publish']).not.toHaveProperty('reused');
  });

  it('runs a step again whose input another parameter or definition changes', async () => {
    const definition: PipelineDefinition = {
      name: 'replay-changed',
      params: { to: { type: 'string', default: 's3://nightscore-examples/replayed/a/' } },
      steps: { score: jobStep(AML), publish: { ...copy, with: { ...copy.with, to: '${{ params.to }}' } } },
    };
    const first = await nightscore.run(definition, KEY);
    expect(await actions(first.run.id)).toEqual({ score: 'reuse', publish: 'reuse' });
    const params = { to: 's3://nightscore-examples/replayed/b/' };
    expect(await actions(first.run.id, { params })).toEqual({ score: 'reuse', publish: 'run' });
    const second = await replayed(first.run.id, { params });
    expect(second.steps['publish']).toMatchObject({ outputs: { to: params.to } });
    const next = { ...definition, steps: { ...definition.steps, score: jobStep(AFD), more: jobStep(AML) } };
    expect(await actions(first.run.id, { definition: next })).toEqual({
      score: 'pay again',
      publish: 'run',
      more: 'run',
    });
  });

  it('skips what was done about the failure', async () => {
    await aws.faults([{ call: 'create', fault: 'job-fails', times: 1 }]);
    const rescue = {
      ...copy,
      if: 'failed()',
      with: { from: 's3://nightscore-examples/tumor-screening/input/', to: 's3://nightscore-examples/rescued/' },
    };
    const first = await nightscore.run(pipeline('replay-rescued', { score: jobStep(AML), rescue }), KEY);
    await aws.clearFaults();
    expect(first.steps['rescue']).toMatchObject({ outcome: 'succeeded' });
    expect(await actions(first.run.id)).toEqual({ score: 'pay again', rescue: 'skip' });
    expect(await replayed(first.run.id)).toMatchObject({
      outcome: 'succeeded',
      steps: { rescue: { outcome: 'skipped' } },
    });
  });

  it('warns that the result files of a step that it would reuse are gone', async () => {
    const to = 's3://nightscore-examples/replayed/gone/';
    const score = jobStep(AML, { with: { ...jobStep(AML).with, OutputUri: to } });
    await aws.faults([{ call: 'create', fault: 'job-fails', times: 1, service: 'fraud-detector' }]);
    const { run } = await nightscore.run(pipeline('replay-gone', { score, check: jobStep(AFD) }), KEY);
    await aws.clearFaults();
    expect((await nightscore.client.planReplay({ run: run.id })).warnings).toEqual([]);
    await removeObjects('replayed/gone/');
    const { warnings } = await nightscore.client.planReplay({ run: run.id });
    expect(warnings).toEqual([
      expect.stringMatching(
        /^The result files of score, which is reused: they are gone from s3:.* To make them again, replay from score\.$/,
      ),
    ]);
  });

  it('warns that the files that a reused step has copied are gone', async () => {
    const kept = { from: 's3://nightscore-examples/replayed/copied/', to: 's3://nightscore-examples/replayed/kept/' };
    const steps = {
      score: jobStep(AML),
      publish: { ...copy, with: { ...copy.with, to: kept.from } },
      keep: { uses: 's3/copy', needs: ['publish'], with: kept },
      check: jobStep(AFD),
    };
    await aws.faults([{ call: 'create', fault: 'job-fails', times: 1, service: 'fraud-detector' }]);
    const { run } = await nightscore.run(pipeline('replay-copies-gone', steps), KEY);
    await aws.clearFaults();
    expect((await nightscore.client.planReplay({ run: run.id })).warnings).toEqual([]);
    await removeObjects('replayed/copied/');
    const { warnings } = await nightscore.client.planReplay({ run: run.id });
    expect(warnings).toEqual([
      'The files that publish, which is reused, copied: they are gone from s3://nightscore-examples/replayed/copied/.' +
        ' To make them again, replay from publish.',
    ]);
  });

  it('of a run that failed before it began uses the new definition', async () => {
    const invalid = pipeline('replay-invalid', { score: jobStep(AML, { needs: ['nowhere'] }) });
    const run = `replay-invalid/${KEY}`;
    const args = [{ pipeline: invalid, key: KEY }];
    await nightscore.temporal.workflow.start('runPipeline', { workflowId: run, taskQueue: nightscore.taskQueue, args });
    await nightscore.ended(run);
    await expect(nightscore.client.replay({ run })).rejects.toThrow(/no step "nowhere"/);
    const after = await replayed(run, { definition: pipeline('replay-invalid', { score: jobStep(AML) }) });
    expect(after.outcome).toBe('succeeded');
  });

  it('of a run that was terminated before any worker had begun it starts it from its input', async () => {
    const run = `replay-unbegun-run/${KEY}`;
    const args = [{ pipeline: pipeline('replay-unbegun-run', { score: jobStep(AML) }), key: KEY }];
    const handle = await nightscore.temporal.workflow.start('runPipeline', {
      workflowId: run,
      taskQueue: 'nobody-works-here',
      args,
    });
    await handle.terminate('nobody takes it');
    const after = await replayed(run);
    expect(after).toMatchObject({ outcome: 'succeeded', steps: { score: { attempt: 1 } } });
    expect(await countCreates(aws, after)).toBe(1);
  });

  it('begins no hour that was refused because it has another key', async () => {
    const hourly: PipelineDefinition = {
      name: 'replay-hour',
      period: 'hour',
      schedule: { cron: '5 * * * *', timezone: 'Europe/Berlin' },
      steps: { score: jobStep(AML) },
    };
    const run = 'replay-hour/2026-11-20T01Z';
    const args = [{ pipeline: hourly, key: '2026-11-20T01Z' }];
    await nightscore.temporal.workflow.start('runPipeline', { workflowId: run, taskQueue: nightscore.taskQueue, args });
    expect((await nightscore.ended(run)).error).toContain(
      'is the hour 2026-11-20T02+0100 on the clock of Europe/Berlin',
    );
    await expect(nightscore.client.replay({ run })).rejects.toThrow('is the hour 2026-11-20T02+0100');
  });

  it('leaves out parameters that the definition does not have, and says so', async () => {
    const definition: PipelineDefinition = {
      name: 'replay-params',
      params: { to: { type: 'string', default: 's3://nightscore-examples/replayed/params/' } },
      steps: { score: jobStep(AML), publish: { ...copy, with: { ...copy.with, to: '${{ params.to }}' } } },
    };
    const run = `replay-params/${KEY}`;
    const args = [{ pipeline: definition, key: KEY, params: { too: 's3://nightscore-examples/mistyped/' } }];
    await nightscore.temporal.workflow.start('runPipeline', { workflowId: run, taskQueue: nightscore.taskQueue, args });
    expect((await nightscore.ended(run)).error).toContain('has no parameter "too"');
    const { warnings } = await nightscore.client.planReplay({ run });
    expect(warnings).toEqual([
      'The run was given the parameter too, which the definition does not have; it is left out.',
    ]);
    const params = { to: 's3://nightscore-examples/replayed/given/' };
    expect(await replayed(run, { params })).toMatchObject({
      outcome: 'succeeded',
      steps: { publish: { outputs: params } },
    });
    const without = { ...definition, params: {}, steps: { ...definition.steps, publish: copy } };
    expect(await actions(run, { definition: without })).toEqual({ score: 'reuse', publish: 'run' });
  });

  it('remembers from which step it was to begin, although it was terminated before any worker had begun it', async () => {
    const { run } = await nightscore.run(pipeline('replay-from-unbegun', { score: jobStep(AML) }), KEY);
    const idle = new NightscoreClient({ client: nightscore.temporal, taskQueue: 'nobody-works-here' });
    await idle.replay({ run: run.id, from: 'score' });
    await nightscore.temporal.workflow.getHandle(run.id).terminate('nobody takes it');
    expect(await actions(run.id)).toEqual({ score: 'pay again' });
  });

  it('tells with each run the jobs that it paid for, also those of attempts that were not the last', async () => {
    await aws.faults([{ call: 'create', fault: 'job-fails', times: 3 }]);
    const steps = { score: jobStep(AML, { retry: { maxAttempts: 2, delay: '1s' } }) };
    const { run } = await nightscore.run(pipeline('replay-retried', steps), KEY);
    expect(await replayed(run.id)).toMatchObject({ outcome: 'succeeded', steps: { score: { attempt: 4 } } });
    const history = await nightscore.client.history(run.id);
    expect(history.map(({ jobs }) => jobs.length)).toEqual([2, 2]);
    expect(new Set(history.flatMap(({ jobs }) => jobs)).size).toBe(4);
  });

  it('makes a success of a run whose failed step the definition has no more, and pays for nothing', async () => {
    await aws.faults([{ call: 'create', fault: 'job-fails', times: 1, service: 'fraud-detector' }]);
    const score = jobStep(AML);
    const { run } = await nightscore.run(pipeline('replay-without', { score, check: jobStep(AFD) }), KEY);
    const definition = pipeline('replay-without', { score });
    expect(await actions(run.id, { definition })).toEqual({ score: 'reuse' });
    expect(await replayed(run.id, { definition })).toMatchObject({ outcome: 'succeeded' });
    await expect(nightscore.client.replay({ run: run.id })).rejects.toThrow(/nothing to replay/);
  });

  it('is refused, and starts nothing, where it cannot be', async () => {
    const steps = { score: jobStep(AML) };
    const { run } = await nightscore.run(pipeline('replay-refused', steps), KEY);
    const { client } = nightscore;
    const { runId } = await nightscore.temporal.workflow.getHandle(run.id).describe();
    await expect(client.replay({ run: run.id })).rejects.toThrow(/nothing to replay/);
    await expect(client.replay({ run: run.id, from: 'scor' })).rejects.toThrow(
      /has no step "scor".*did you mean score/s,
    );
    await expect(client.replay({ run: run.id, params: { a: 1 } })).rejects.toThrow(/has no parameter "a"/);
    const other = pipeline('another', steps);
    await expect(client.replay({ run: run.id, definition: other })).rejects.toThrow(/is of pipeline replay-refused/);
    await expect(client.replay({ run: 'replay-refused/2000-01-01' })).rejects.toThrow(/There is no run/);
    await expect(client.replay({ run: run.id, from: 'score', of: 'some-other-run' })).rejects.toThrow(/meanwhile/);
    expect((await nightscore.temporal.workflow.getHandle(run.id).describe()).runId).toBe(runId);
  });

  it('is refused while the run goes on, and only one of two at once begins', async () => {
    await aws.faults([{ call: 'create', fault: 'job-hangs', times: 1 }]);
    const { run } = await nightscore.client.start({
      pipeline: pipeline('replay-running', { score: jobStep(AFD) }),
      key: KEY,
    });
    await running(run);
    await expect(nightscore.client.replay({ run })).rejects.toThrow(/still runs/);
    await nightscore.client.cancel(run);
    await nightscore.ended(run);
    const both = await Promise.allSettled([nightscore.client.replay({ run }), nightscore.client.replay({ run })]);
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(await nightscore.ended(run)).toMatchObject({ outcome: 'succeeded', steps: { score: { attempt: 2 } } });
  });
});
