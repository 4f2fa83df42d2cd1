import { describe, expect, it } from 'vitest';
import type { PipelineDefinition, StepDefinition } from '../../src/pipeline/definition.ts';
import { inputHash } from '../../src/pipeline/input-hash.ts';
import type { JobState } from '../../src/pipeline/job-state.ts';
import type { LoadedPipeline } from '../../src/pipeline/loaded-pipeline.ts';
import { planReplay, type PlannedStep } from '../../src/pipeline/replay-plan.ts';
import { asSeenSince, stepsLeftBy, type EarlierStep } from '../../src/pipeline/replay.ts';
import { prepareRun } from '../../src/prepare-run.ts';
import { jobStep, pipeline } from '../support/example-pipelines.ts';

const AML = 'machine-learning/batch-prediction';
const AFD = 'fraud-detector/batch-prediction';
const KEY = '2026-11-20';
const RUN = 'run-1';
const OUTPUT = 's3://nightscore-examples/out/';

const copy = (from: string, more: Partial<StepDefinition> = {}): StepDefinition => ({
  uses: 's3/copy',
  needs: ['score'],
  with: { from, to: 's3://nightscore-examples/copied/' },
  ...more,
});

function load(definition: PipelineDefinition): LoadedPipeline {
  const { problems, ...loaded } = prepareRun(definition, KEY, {});
  if (problems) throw new Error(problems.join('\n'));
  return loaded as LoadedPipeline;
}

/** What a run leaves of a step whose job has ended, or may not have. */
function left(step: StepDefinition, id: string, more: Partial<EarlierStep> = {}): EarlierStep {
  const input = JSON.parse(JSON.stringify(step.with).replaceAll('${{ run.date }}', KEY)) as StepDefinition['with'];
  const isJob = step.uses !== 's3/copy';
  const job = { id, service: step.uses, region: 'eu-west-1', adopted: false, submittedAt: '2026-11-20T00:00:00Z' };
  return {
    uses: step.uses,
    state: 'ended',
    outcome: 'succeeded',
    attempt: 1,
    inputHash: inputHash(step, input),
    runId: RUN,
    ...(isJob && { job: { ...job, outputUri: OUTPUT } }),
    ...more,
  };
}

function plan(definition: PipelineDefinition, earlier: Record<string, EarlierStep>, from?: string) {
  const steps = planReplay(load(definition), KEY, earlier, from);
  return Object.fromEntries(steps.map(({ step, ...planned }) => [step, planned])) as Record<string, PlannedStep>;
}

const score = jobStep(AML);

describe('a step whose source has made something else since', () => {
  const publish = copy('${{ steps.score.outputUri }}');
  const published = left({ ...publish, with: { ...publish.with, from: OUTPUT } }, '', {
    outputs: {},
    builtOn: { score: 'succeeded job-1' },
  });

  it('runs again, although that was made in a replay which did not come to the step', () => {
    const earlier = { score: left(score, 'job-2', { attempt: 2, runId: 'run-2' }), publish: published };
    expect(plan(pipeline('p', { score, publish }), earlier)).toMatchObject({
      score: { action: 'reuse' },
      publish: { action: 'run', why: 'it uses what score made, and that is made again' },
    });
  });

  it('is reused as soon as it was built on that', () => {
    const earlier = { score: left(score, 'job-1'), publish: published };
    expect(plan(pipeline('p', { score, publish }), earlier)).toMatchObject({ publish: { action: 'reuse' } });
  });

  it('is reused where a release that did not note it had built it', () => {
    const { builtOn: _, ...unnoted } = published;
    const earlier = { score: left(score, 'job-1'), publish: unnoted };
    expect(plan(pipeline('p', { score, publish }), earlier)).toMatchObject({ publish: { action: 'reuse' } });
  });

  it.each(['${{ steps["score"].outputUri }}', '${{ steps // of the night\n .score.outputUri }}'])(
    'is found by the syntax of its expressions: %j',
    (from) => {
      const earlier = { score: left(score, 'job-1'), publish: published };
      const definition = pipeline('p', { score, publish: copy(from) });
      expect(plan(definition, earlier, 'score')).toMatchObject({ publish: { action: 'run' } });
      const changed = { ...earlier, score: left(score, 'job-1', { outcome: 'failed', cause: 'internal' }) };
      expect(plan(definition, changed)).toMatchObject({ publish: { action: 'run' } });
    },
  );

  it('may be any of its needs where only the evaluation tells which step is meant', () => {
    const definition: PipelineDefinition = {
      name: 'p',
      params: { which: { type: 'string', default: 'score' } },
      steps: { score, publish: copy('${{ steps[params.which].outputUri }}') },
    };
    const earlier = { score: left(score, 'job-2', { attempt: 2 }), publish: published };
    expect(plan(definition, earlier)).toMatchObject({ publish: { action: 'run' } });
  });

  it('is not judged anew, but pays again', () => {
    const check = jobStep(AFD, { needs: ['score'], with: { ...jobStep(AFD).with, inputPath: OUTPUT } });
    const checked = left(check, 'check-1', {
      outcome: 'failed',
      judgeAnew: true,
      builtOn: { score: 'succeeded job-1' },
    });
    const definition = pipeline('p', {
      score,
      check: { ...check, with: { ...check.with, inputPath: '${{ steps.score.outputUri }}' } },
    });
    expect(plan(definition, { score: left(score, 'job-1'), check: checked })).toMatchObject({
      check: { action: 'adopt' },
    });
    expect(plan(definition, { score: left(score, 'job-2'), check: checked })).toMatchObject({
      check: { action: 'pay again' },
    });
  });
});

describe('a plan', () => {
  it('tells that it pays again where the last attempt had no job, but an earlier one had', () => {
    const failed = left(score, 'job-1').job;
    const { job: _, ...rejected } = left(score, '', { outcome: 'rejected', attempt: 2, earlierJobs: [failed!] });
    expect(plan(pipeline('p', { score }), { score: rejected })).toMatchObject({ score: { action: 'pay again' } });
  });

  it('reads results again that could not be read, and pays for no job', () => {
    const unproven = left(score, 'job-1', { outcome: 'failed', unproven: true });
    expect(plan(pipeline('p', { score }), { score: unproven })).toMatchObject({
      score: { action: 'adopt', why: 'its job succeeded, and its results, which could not be read, are read again' },
    });
  });

  it('runs what a replay was asked to run again and did not come to', () => {
    const publish = copy('s3://nightscore-examples/in/');
    const definition = pipeline('p', { score, publish });
    const earlier = { score: left(score, 'job-1'), publish: left(publish, '', { outputs: {} }) };
    expect(plan(definition, earlier)).toMatchObject({ publish: { action: 'reuse' } });
    const steps = {
      score: { ...left(score, 'job-2'), attempt: 2 },
      publish: { uses: 's3/copy', state: 'ended', outcome: 'skipped', attempt: 0, earlier: earlier.publish } as const,
    };
    const asked = new Set(['score', 'publish']);
    expect(plan(definition, stepsLeftBy(steps, 'run-2', { asked, before: {} }))).toMatchObject({
      score: { action: 'reuse' },
      publish: { action: 'run', why: 'it was asked to run again' },
    });
  });

  it('answers a further failure where the step is the answer to one, and repeats no other step for that', () => {
    const rescue = copy('s3://nightscore-examples/in/', { if: 'failed()' });
    const clean = copy('s3://nightscore-examples/in/', { if: 'always()' });
    const failed = { outcome: 'failed', cause: 'internal' } as const;
    const builtOn = { score: 'failed job-1' };
    const earlier = {
      score: left(score, 'job-1', failed),
      rescue: left(rescue, '', { outputs: {}, builtOn }),
      clean: left(clean, '', { outputs: {} }),
    };
    const odd = { ...rescue, if: 'failed() && has(steps.score.jobId)' };
    expect(plan(pipeline('p', { score, rescue: odd }), earlier)).toMatchObject({ rescue: { action: 'skip' } });
    const planned = plan(pipeline('p', { score, rescue, clean }), earlier);
    expect(planned).toMatchObject({
      rescue: { action: 'skip', why: 'its condition, failed(), will not hold if score succeeds' },
      clean: { action: 'reuse' },
    });
  });

  it.each([
    'succeeded() && steps.score.records.processed > 0',
    'succeeded() && has(steps.score.records.processed) && steps.score.records.processed > 0',
    "steps.score.message == ''",
  ])('does not judge a job by what its source made before and makes anew: if %s', (condition) => {
    const second = jobStep(AFD, { needs: ['score'], if: condition });
    const made = left(score, 'job-1').job!;
    const job = { ...made, message: 'nothing there', records: { processed: 0 } };
    const definition = pipeline('p', { score, second });
    const skipped = { uses: AFD, state: 'ended', outcome: 'skipped', attempt: 0, runId: RUN } as const;
    const failed = { score: left(score, 'job-1', { outcome: 'failed', cause: 'internal', job }), second: skipped };
    expect(plan(definition, failed)).toMatchObject({ score: { action: 'pay again' }, second: { action: 'run' } });
    const running = { score: left(score, 'job-1', { outcome: 'left-running', job }), second: skipped };
    expect(plan(definition, running)).toMatchObject({ score: { action: 'adopt' }, second: { action: 'run' } });
    const judged = { score: left(score, 'job-1', { outcome: 'failed', judgeAnew: true, job }), second: skipped };
    expect(plan(definition, judged)).toMatchObject({ score: { action: 'adopt' }, second: { action: 'skip' } });
  });

  it('asks for the money of a step that was only renamed', () => {
    const planned = plan(pipeline('p', { scoring: score }), { score: left(score, 'job-1') });
    expect(planned).toMatchObject({
      scoring: { action: 'pay again', why: 'score, which the definition has no more, did the same' },
    });
    expect(plan(pipeline('p', { scoring: jobStep(AFD) }), { score: left(score, 'job-1') })).toMatchObject({
      scoring: { action: 'run', isFirstJob: true },
    });
  });

  it('of five hundred steps, each of which needs all before it, takes a small part of a second for each hundred', () => {
    const ids = Array.from({ length: 500 }, (_, index) => `s${index}`);
    const steps = Object.fromEntries(
      ids.map((id, index) => [
        id,
        copy('s3://nightscore-examples/in/', { needs: index === 0 ? [] : [`s${index - 1}`] }),
      ]),
    );
    const earlier = Object.fromEntries(ids.map((id) => [id, left(steps[id]!, '', { outputs: {} })]));
    const loaded = load(pipeline('p', steps));
    const began = performance.now();
    expect(planReplay(loaded, KEY, earlier, 's499').filter(({ action }) => action === 'reuse')).toHaveLength(499);
    // It took 13 seconds when each step planned the pipeline once more.
    expect(performance.now() - began).toBeLessThan(5_000);
  });
});

describe('what a run leaves', () => {
  it('holds what earlier runs left of steps that it did not have', () => {
    const before = { gone: left(score, 'job-1', { outcome: 'failed' }) };
    const found = stepsLeftBy({ score: left(score, 'job-9') }, RUN, { asked: new Set(), before });
    expect(Object.keys(found)).toEqual(['gone', 'score']);
  });

  it('keeps what a replay was asked to run again, although it ended before it had loaded its pipeline', () => {
    const before = { score: left(score, 'job-1') };
    const found = stepsLeftBy({}, RUN, { asked: new Set(['score']), before });
    expect(plan(pipeline('p', { score }), found)).toMatchObject({ score: { action: 'pay again' } });
  });
});

describe('a job that was thought to run', () => {
  const { outcome: _, ...running } = left(score, 'job-1', { state: 'running' });
  const seen = (state: JobState, message?: string) =>
    asSeenSince(running, {
      ref: { service: AML, region: 'eu-west-1', id: 'job-1' },
      state,
      rawStatus: state.toUpperCase(),
      ...(message && { message }),
      observedAt: '2026-11-20T01:00:00Z',
    });

  it.each([
    [seen('failed', 'Invalid S3 input path'), { action: 'pay again', why: 'it failed (input)' }],
    [seen('stopped'), { action: 'pay again', why: 'it was stopped' }],
    [seen('deleted'), { action: 'pay again', why: 'it was stopped' }],
    [seen('running'), { action: 'adopt' }],
    [seen('succeeded'), { action: 'adopt' }],
  ])('is paid for again only where it has ended badly since', (step, expected) => {
    expect(plan(pipeline('p', { score }), { score: step })).toMatchObject({ score: expected });
  });
});
