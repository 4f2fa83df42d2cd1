import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { InvalidInputError } from '../../src/client/errors.ts';
import { jobStep, pipeline } from '../support/example-pipelines.ts';
import { startNightscore, type Nightscore } from '../support/nightscore.ts';
import { simulateAws, type SimulatedAws } from '../support/simulated-aws.ts';

const AML = 'machine-learning/batch-prediction';
const AFD = 'fraud-detector/batch-prediction';
const PERSONALIZE = 'personalize/batch-inference';

let aws: SimulatedAws;
let nightscore: Nightscore;

beforeAll(async () => {
  aws = await simulateAws({ speed: 100 });
  nightscore = await startNightscore({ workers: 2 });
});

beforeEach(() => aws.clearFaults());

afterAll(async () => {
  await nightscore.close();
  await aws.close();
});

async function creates(operation: string): Promise<number> {
  return (await aws.ledger(`?operation=${operation}`)).length;
}

describe('a service that limits its jobs', () => {
  test('is not hammered: 40 jobs against a quota of 5 all end, with fewer than 60 creates by two workers', async () => {
    const steps = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`s${index}`, jobStep(PERSONALIZE)]));
    const report = await nightscore.run(pipeline('forty', steps), '2026-11-20');
    expect(report.outcome).toBe('succeeded');
    expect(await creates('CreateBatchInferenceJob')).toBeLessThan(60);
  }, 120_000);

  test('lets a start wait for a place, and the report says since when and behind how many', async () => {
    const definition = pipeline('waits', { first: jobStep(AFD), second: jobStep(AFD), third: jobStep(AFD) });
    const { run } = await nightscore.client.start({ pipeline: definition, key: '2026-11-20' });
    const report = await nightscore.until(
      run,
      ({ steps }) => Object.values(steps).filter(({ state }) => state === 'queued (quota)').length === 2,
    );
    const waits = Object.values(report.steps).flatMap(({ place }) => place ?? []);
    expect(waits).toHaveLength(2);
    for (const { since, running } of waits) {
      expect(Date.parse(since)).toBeGreaterThan(Date.parse(report.run.startedAt) - 1_000);
      expect(running ?? 1).toBe(1);
    }
    expect(await nightscore.ended(run)).toMatchObject({ outcome: 'succeeded' });
  });

  test('has no job of a start that was cancelled while it waited', async () => {
    const definition = pipeline('never', { first: jobStep(AFD), second: jobStep(AFD) });
    const { run } = await nightscore.client.start({ pipeline: definition, key: '2026-11-20' });
    await nightscore.until(run, ({ steps }) => {
      const { first, second } = steps;
      return (
        [first, second].some((step) => step?.job) && [first, second].some((step) => step?.state === 'queued (quota)')
      );
    });
    await nightscore.client.cancel(run);
    const report = await nightscore.ended(run);
    expect(new Set(Object.values(report.steps).map(({ outcome }) => outcome))).toEqual(
      new Set(['cancelled', 'stopped']),
    );
  });
});

describe('a cancel of one step', () => {
  test('stops its job, and lets the other steps go on', async () => {
    const definition = pipeline('one-step', { score: jobStep(AML), screen: jobStep(AFD) });
    const { run } = await nightscore.client.start({ pipeline: definition, key: '2026-11-20' });
    await nightscore.until(run, ({ steps }) => steps['screen']?.job !== undefined);
    await nightscore.client.cancelStep(run, 'screen');
    const report = await nightscore.ended(run);
    expect(report).toMatchObject({
      outcome: 'failed',
      steps: { score: { outcome: 'succeeded' }, screen: { outcome: 'stopped', job: { stoppedBy: 'us' } } },
    });
  });

  test('that the run does not have, or that has ended, is refused and changes nothing', async () => {
    const definition = pipeline('no-step', { score: jobStep(AML), screen: jobStep(AFD) });
    const { run } = await nightscore.client.start({ pipeline: definition, key: '2026-11-20' });
    await nightscore.until(run, ({ steps }) => steps['score']?.job !== undefined);
    await expect(nightscore.client.cancelStep(run, 'scor')).rejects.toThrow(/no step "scor"; it has score, screen/);
    expect(await nightscore.ended(run)).toMatchObject({ outcome: 'succeeded' });
    await expect(nightscore.client.cancelStep(run, 'score')).rejects.toThrow(InvalidInputError);
  });
});

test('a run whose time is over stops its jobs, begins no further step and fails', async () => {
  const copy = { uses: 's3/copy', with: { from: 's3://nightscore-examples/a/', to: 's3://nightscore-examples/b/' } };
  const definition = {
    ...pipeline('out-of-time', { screen: jobStep(AFD), copy: { ...copy, needs: ['screen'], if: 'always()' } }),
    timeout: '1s',
  };
  const report = await nightscore.run(definition, '2026-11-20');
  expect(report).toMatchObject({
    outcome: 'failed',
    error: expect.stringContaining('may take 1s'),
    steps: { screen: { outcome: 'stopped', error: expect.stringContaining('The run timed out') } },
  });
  expect(report.steps['copy']).toMatchObject({ outcome: 'cancelled' });
});

test('a job is deleted on cancel where its step says so', async () => {
  const definition = pipeline('deleted', { score: jobStep(AML, { onCancel: 'delete' }) });
  const { run } = await nightscore.client.start({ pipeline: definition, key: '2026-11-20' });
  await nightscore.until(run, ({ steps }) => steps['score']?.job !== undefined);
  await nightscore.client.cancel(run);
  const report = await nightscore.ended(run);
  expect(report.steps['score']).toMatchObject({ outcome: 'stopped', job: { stoppedBy: 'us', rawStatus: 'DELETED' } });
  expect(await aws.jobs(report.steps['score']?.job?.id ?? '')).toMatchObject([{ state: 'deleted' }]);
});

test('a job that was ended by somebody else is told apart from one that we stopped', async () => {
  const { run } = await nightscore.client.start({
    pipeline: pipeline('by-others', { screen: jobStep(AFD) }),
    key: '2026-11-20',
  });
  const { steps } = await nightscore.until(run, (report) => report.steps['screen']?.job !== undefined);
  const { CATALOG } = await import('../../src/services/catalog.ts');
  const id = steps['screen']?.job?.id ?? '';
  await CATALOG.get(AFD)?.connect('eu-west-1').stop?.({ service: AFD, region: 'eu-west-1', id });
  expect((await nightscore.ended(run)).steps['screen']).toMatchObject({
    outcome: 'stopped',
    job: { stoppedBy: 'other' },
  });
});

test('results that a step wants proven are read, and their counts reported', async () => {
  const report = await nightscore.run(
    pipeline('proven', { films: jobStep(PERSONALIZE, { verify: true, gate: { minRecords: 1 } }) }),
    '2026-11-20',
  );
  expect(report.steps['films']).toMatchObject({
    outcome: 'succeeded',
    job: { verification: { files: 1, problems: [] } },
  });
  expect(report.steps['films']?.job?.records?.total).toBeGreaterThan(0);
});

describe('a job that hangs', () => {
  test('is reported as stalled, with since when, and goes on until somebody ends it', async () => {
    await aws.faults([{ service: 'fraud-detector', call: 'create', fault: 'job-hangs', times: 1 }]);
    const { run } = await nightscore.client.start({
      pipeline: pipeline('stalled', { screen: jobStep(AFD, { stallAfter: '1s' }) }),
      key: '2026-11-20',
    });
    const { steps } = await nightscore.until(run, (report) => report.steps['screen']?.state === 'stalled');
    expect(steps['screen']?.warnings).toEqual([expect.stringMatching(/^The job is stalled: no progress since 2/)]);
    await nightscore.client.cancel(run);
    expect((await nightscore.ended(run)).steps['screen']).toMatchObject({ outcome: 'stopped' });
  });

  test('at a service that tells nothing of progress is stalled only after the time that earlier runs took', async () => {
    const definition = pipeline('usual', { films: jobStep(PERSONALIZE, { stallAfter: '1s', timeout: '20s' }) });
    const usual = await nightscore.run(definition, '2026-11-20');
    const { submittedAt = '', endedAt = '' } = usual.steps['films']?.job ?? {};
    const usualMs = Date.parse(endedAt) - Date.parse(submittedAt);
    await aws.faults([{ service: 'personalize', call: 'create', fault: 'job-hangs', times: 1 }]);
    const { run } = await nightscore.client.start({ pipeline: definition, key: '2026-11-21' });
    const { steps } = await nightscore.until(run, (report) => report.steps['films']?.state === 'stalled');
    expect(Date.now() - Date.parse(steps['films']?.job?.submittedAt ?? '')).toBeGreaterThan(usualMs + 900);
    await nightscore.client.cancel(run);
    expect((await nightscore.ended(run)).steps['films']).toMatchObject({ outcome: 'left-running' });
  });
});

test('a run that is reset takes over its job, and pays for no second one', async () => {
  const { run } = await nightscore.client.start({
    pipeline: pipeline('reset', { screen: jobStep(AFD) }),
    key: '2026-11-20',
  });
  const { steps } = await nightscore.until(run, (report) => report.steps['screen']?.job !== undefined);
  const { events } = await nightscore.temporal.workflow.getHandle(run).fetchHistory();
  const firstTask = events?.find(({ workflowTaskCompletedEventAttributes }) => workflowTaskCompletedEventAttributes);
  await nightscore.temporal.workflowService.resetWorkflowExecution({
    namespace: 'default',
    workflowExecution: { workflowId: run },
    reason: 'the test wants it',
    workflowTaskFinishEventId: firstTask?.eventId ?? null,
    requestId: randomUUID(),
  });
  const report = await nightscore.ended(run);
  const job = steps['screen']?.job?.id ?? '';
  expect(report.steps['screen']).toMatchObject({ outcome: 'succeeded', job: { id: job, adopted: true } });
  const calls = (await aws.ledger(`?job=${job}`)).map(({ operation }) => operation);
  expect(calls.filter((operation) => operation.startsWith('Create'))).toHaveLength(1);
});
