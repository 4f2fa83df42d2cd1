import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PipelineDefinition, StepDefinition } from '../../src/pipeline/definition.ts';
import type { ReplayAction } from '../../src/pipeline/replay-plan.ts';
import { RECORDED_RUNS } from '../histories/recorded-runs.ts';
import { countCreates } from '../support/creates.ts';
import { jobStep } from '../support/example-pipelines.ts';
import { startNightscore, type Nightscore } from '../support/nightscore.ts';
import { simulateAws, type SimulatedAws } from '../support/simulated-aws.ts';

const AML = 'machine-learning/batch-prediction';
const AFD = 'fraud-detector/batch-prediction';
const KEY = '2026-11-20';

let aws: SimulatedAws;
let nightscore: Nightscore;

beforeAll(async () => {
  aws = await simulateAws({ speed: 200, settings: { fraudDetector: { simultaneousJobs: 100 } } });
  nightscore = await startNightscore();
});
afterAll(async () => {
  await nightscore.close();
  await aws.close();
});

/** What each ending of `test/histories/recorded-runs.ts` costs to bring to success: jobs that are paid for besides those of the run. */
const COSTS: Record<string, { pays: number; action: ReplayAction; mended?: Partial<StepDefinition> }> = {
  rejected: { pays: 1, action: 'run', mended: jobStep(AML) },
  'gate-failed': { pays: 0, action: 'adopt', mended: jobStep(AML) },
  'timed-out': { pays: 1, action: 'pay again', mended: jobStep(AFD) },
  'cancelled-and-stopped': { pays: 1, action: 'pay again' },
  'cancelled-and-left-running': { pays: 0, action: 'adopt' },
  failed: { pays: 1, action: 'pay again' },
  lost: { pays: 1, action: 'pay again' },
  'not-proven': { pays: 1, action: 'pay again' },
  'cancelled-before-a-job': { pays: 1, action: 'run' },
  'cancelled-and-deleted': { pays: 1, action: 'pay again' },
  'stop-denied': { pays: 0, action: 'adopt' },
  'step-cancelled': { pays: 1, action: 'pay again' },
  'run-timed-out': { pays: 1, action: 'pay again', mended: jobStep(AFD) },
  'stalled-and-stopped': { pays: 1, action: 'pay again' },
};

test.each(Object.entries(COSTS))(
  'a run that ended as %s is replayed to success with no more jobs than it needs',
  async (name, { pays, action, mended }) => {
    const recorded = RECORDED_RUNS.find((one) => one.name === name);
    if (!recorded) throw new Error(`There is no recorded run ${name}`);
    const { steps, timeout, faults = [], cancelWhen, cancelStep } = recorded;
    const definition: PipelineDefinition = { name: `replay-${name}`, steps, ...(timeout && { timeout }) };
    await aws.faults(faults);
    const { run } = await nightscore.client.start({ pipeline: definition, key: KEY });
    if (cancelWhen) {
      await nightscore.until(run, cancelWhen);
      await (cancelStep === undefined ? nightscore.client.cancel(run) : nightscore.client.cancelStep(run, cancelStep));
    }
    const before = await nightscore.ended(run);
    await aws.clearFaults();
    expect(before.outcome).not.toBe('succeeded');
    const paid = await countCreates(aws, before);
    const changed: PipelineDefinition = { name: definition.name, steps: { score: mended as StepDefinition } };
    const options = mended ? { definition: changed } : {};
    const { steps: planned } = await nightscore.client.planReplay({ run, ...options });
    expect(planned).toContainEqual(expect.objectContaining({ step: 'score', action }));
    await nightscore.client.replay({ run, ...options });
    const after = await nightscore.ended(run);
    expect(after).toMatchObject({ outcome: 'succeeded', run: { id: run } });
    expect(await countCreates(aws, after)).toBe(paid + pays);
  },
);

test.each([
  ['no further job', 'failed', {}, 1],
  ['a further one where it is to be tried again', 'succeeded', { retry: { maxAttempts: 2, delay: '1s' } }, 2],
])('when a job that was taken over fails, %s is paid for', async (_, outcome, more, creates) => {
  const definition: PipelineDefinition = { name: `replay-and-${outcome}`, steps: { score: jobStep(AML, more) } };
  await aws.faults([{ call: 'create', fault: 'job-fails', times: 1 }]);
  const { run } = await nightscore.client.start({ pipeline: definition, key: KEY });
  await nightscore.until(run, ({ steps }) => steps['score']?.job !== undefined);
  await nightscore.temporal.workflow.getHandle(run).terminate('by a test');
  await nightscore.client.replay({ run });
  const after = await nightscore.ended(run);
  expect(after).toMatchObject({ outcome, steps: { score: { attempt: creates } } });
  expect(await countCreates(aws, after)).toBe(creates);
  const { jobs, adopted } = (await nightscore.client.history(run)).at(-1)!;
  expect([jobs.length, adopted.length]).toEqual([creates, 1]);
});

test('what is started is what was shown, although a job that was to be taken over has failed meanwhile', async () => {
  const definition: PipelineDefinition = { name: 'replay-as-shown', steps: { score: jobStep(AML) } };
  await aws.faults([{ call: 'create', fault: 'job-fails', times: 1 }]);
  const { run } = await nightscore.client.start({ pipeline: definition, key: KEY });
  const running = await nightscore.until(run, ({ steps }) => steps['score']?.job !== undefined);
  await nightscore.temporal.workflow.getHandle(run).terminate('by a test');
  const { plan, start } = await nightscore.client.prepareReplay({ run });
  expect(plan).toMatchObject({ paysAgain: 0, steps: [{ action: 'adopt' }] });
  const state = async () => (await aws.jobs(running.steps['score']?.job?.id ?? ''))[0]?.state;
  await expect.poll(state, { timeout: 10_000 }).toBe('failed');
  await start();
  const after = await nightscore.ended(run);
  expect(after).toMatchObject({ outcome: 'failed', steps: { score: { attempt: 1 } } });
  expect(await countCreates(aws, after)).toBe(1);
});
