import { DeleteObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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
const KEY = '2026-11-20';

let aws: SimulatedAws;
let nightscore: Nightscore;

beforeAll(async () => {
  aws = await simulateAws({ speed: 600, settings: { fraudDetector: { simultaneousJobs: 100 } } });
  nightscore = await startNightscore();
});
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
      pipeline: pipeline(`replay-${how}`, { score: jobStep(AML), publish: copy }),
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

  it('submits a new job at once where the job that it took over has failed meanwhile', async () => {
    await aws.faults([{ call: 'create', fault: 'job-fails', times: 1 }]);
    const { run } = await nightscore.client.start({
      pipeline: pipeline('replay-failed-since', { score: jobStep(AML) }),
      key: KEY,
    });
    await running(run);
    await nightscore.temporal.workflow.getHandle(run).terminate('by a test');
    await aws.clearFaults();
    const after = await replayed(run);
    expect(after).toMatchObject({
      outcome: 'succeeded',
      steps: { score: { attempt: 2, earlierJobs: [{ rawStatus: 'FAILED' }] } },
    });
    expect(await countCreates(aws, after)).toBe(2);
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
    const s3 = createS3Client(REGION);
    for (const Key of await aws.objects('replayed/gone/')) {
      await s3.send(new DeleteObjectCommand({ Bucket: 'nightscore-examples', Key }));
    }
    const { warnings } = await nightscore.client.planReplay({ run: run.id });
    expect(warnings).toEqual([expect.stringMatching(/result files of score, which is reused: they are gone from s3:/)]);
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
