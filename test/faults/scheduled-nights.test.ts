import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { RunNotFoundError } from '../../src/client/errors.ts';
import type { PipelineDefinition, ScheduleDefinition, StepDefinition } from '../../src/pipeline/definition.ts';
import { jobStep, pipeline } from '../support/example-pipelines.ts';
import { startNightscore, type Nightscore } from '../support/nightscore.ts';
import { pipelinesFolder, type PipelinesFolder } from '../support/pipelines-folder.ts';
import { simulateAws, type SimulatedAws } from '../support/simulated-aws.ts';

const AML = 'machine-learning/batch-prediction';
const TIMEOUT = { timeout: 20_000 };

let aws: SimulatedAws;
let folder: PipelinesFolder;
let nightscore: Nightscore;

beforeAll(async () => {
  aws = await simulateAws();
  folder = await pipelinesFolder();
  nightscore = await startNightscore({ pipelinesFolder: folder.path });
});
beforeEach(() => aws.clearFaults());
afterEach(async () => (await nightscore.schedules.plan([], { prune: true })).carryOut());
afterAll(async () => {
  await nightscore.close();
  await aws.close();
  await folder.close();
});

/** A pipeline whose schedule is applied, every night at 02:30 in Berlin unless it says otherwise. */
async function scheduled(
  name: string,
  schedule: Partial<ScheduleDefinition> = {},
  step: Partial<StepDefinition> = {},
): Promise<PipelineDefinition> {
  const definition = {
    ...pipeline(name, { score: jobStep(AML, step) }),
    schedule: { cron: '30 2 * * *', timezone: 'Europe/Berlin', ...schedule },
  };
  await folder.write(definition);
  await (await nightscore.schedules.plan([definition])).carryOut();
  return definition;
}

function handle(name: string) {
  return nightscore.temporal.schedule.getHandle(`nightscore-schedule:${name}`);
}

/**
 * Lets a schedule start what it would have started in days that are past. Of two calls that reach Temporal at the same moment it keeps one
 * (seen with 1.32).
 */
async function backfill(name: string, first: string, last = first): Promise<void> {
  await handle(name).backfill({ start: new Date(`${first}T00:00:00+01:00`), end: new Date(`${last}T23:59:59+01:00`) });
}

/** How the run of a period ended or stands; `none` when there is no such run. */
async function statusOf(run: string): Promise<string> {
  try {
    return (await nightscore.client.get(run)).outcome ?? 'running';
  } catch (error) {
    if (error instanceof RunNotFoundError) return 'none';
    throw error;
  }
}

async function statusesOf(name: string, keys: readonly string[]): Promise<string[]> {
  return Promise.all(keys.map((key) => statusOf(`${name}/${key}`)));
}

/** Keeps jobs from being seen to end, until faults are cleared. */
async function holdJobs(): Promise<void> {
  await aws.faults([{ operation: 'GetBatchPrediction', fault: 'unknown-status' }]);
}

async function hasJob(run: string): Promise<boolean> {
  return (await statusOf(run)) !== 'none' && (await nightscore.client.get(run)).steps['score']?.job !== undefined;
}

describe('on the nights that change the clock', () => {
  test('the spring night whose hour does not exist has its run', async () => {
    await scheduled('spring', { overlap: 'allow-all' });
    await backfill('spring', '2026-03-28', '2026-03-30');
    const nights = ['2026-03-28', '2026-03-29', '2026-03-30'];
    await expect.poll(() => statusesOf('spring', nights), TIMEOUT).toEqual(Array(3).fill('succeeded'));
    const [, spring] = (await handle('spring').describe()).info.recentActions;
    expect(spring?.action.workflow.workflowId).toBe('nightscore-schedule:spring-2026-03-29T01:30:00Z');
  });

  test('the autumn night that has the hour twice has one run, however often the clock says so', async () => {
    await scheduled('autumn', { cron: '0,30 1-3 * * *', overlap: 'allow-all' });
    await backfill('autumn', '2026-10-25');
    const runs = async () => (await nightscore.schedules.list())[0]?.lastActions.map(({ status }) => status);
    await expect.poll(runs, TIMEOUT).toEqual(Array(5).fill('succeeded'));
    const found: string[] = [];
    const listed = async () => {
      found.length = 0;
      for await (const { id } of nightscore.client.list({ pipeline: 'autumn' })) found.push(id);
      return found;
    };
    await expect.poll(listed, TIMEOUT).toEqual(['autumn/2026-10-25']);
    const { steps } = await nightscore.client.get('autumn/2026-10-25');
    const calls = await aws.ledger(`?job=${steps['score']?.job?.id}`);
    expect(calls.filter(({ operation }) => operation === 'CreateBatchPrediction')).toHaveLength(1);
  });
});

test('a start that comes late by its jitter is still for the day that the schedule says', async () => {
  await scheduled('jittery', { cron: '59 23 * * *', jitter: '12h' });
  await handle('jittery').backfill({
    start: new Date('2026-11-10T22:58:00Z'),
    end: new Date('2026-11-11T11:00:00Z'),
  });
  await expect.poll(() => statusOf('jittery/2026-11-10'), TIMEOUT).toBe('succeeded');
  expect(await statusOf('jittery/2026-11-11')).toBe('none');
});

describe('when the run before still goes on', () => {
  const nights = ['2026-11-01', '2026-11-02', '2026-11-03'];

  test.each([
    { overlap: 'skip' as const, ends: ['succeeded', 'none', 'none'], skipped: 2, buffered: 0 },
    { overlap: 'buffer-one' as const, ends: ['succeeded', 'succeeded', 'none'], skipped: 1, buffered: 1 },
    { overlap: 'buffer-all' as const, ends: ['succeeded', 'succeeded', 'succeeded'], skipped: 0, buffered: 2 },
    { overlap: 'allow-all' as const, ends: ['succeeded', 'succeeded', 'succeeded'], skipped: 0, buffered: 0 },
  ])('$overlap', async ({ overlap, ends, skipped, buffered }) => {
    const name = `overlap-${overlap}`;
    await scheduled(name, { overlap });
    await holdJobs();
    await backfill(name, '2026-11-01');
    await expect.poll(() => hasJob(`${name}/2026-11-01`), TIMEOUT).toBe(true);
    await backfill(name, '2026-11-02', '2026-11-03');
    if (overlap === 'allow-all') {
      await expect.poll(() => statusesOf(name, nights), TIMEOUT).toEqual(Array(3).fill('running'));
    }
    const waiting = async () => {
      const { info, raw } = await handle(name).describe();
      return { skipped: info.numActionsSkippedOverlap, buffered: Number(raw.info?.bufferSize ?? 0) };
    };
    await expect.poll(waiting, TIMEOUT).toEqual({ skipped, buffered });
    await aws.clearFaults();
    await expect.poll(() => statusesOf(name, nights), TIMEOUT).toEqual(ends);
    expect(await nightscore.schedules.list()).toMatchObject([{ pipeline: name, skipped }]);
  });

  test.each(['cancel-other', 'terminate-other'] as const)('%s', async (overlap) => {
    const name = `overlap-${overlap}`;
    await scheduled(name, { overlap });
    await holdJobs();
    await backfill(name, '2026-11-01');
    await expect.poll(() => hasJob(`${name}/2026-11-01`), TIMEOUT).toBe(true);
    await backfill(name, '2026-11-02');
    await expect.poll(() => statusesOf(name, nights), TIMEOUT).toEqual(['cancelled', 'running', 'none']);
    await aws.clearFaults();
    await expect.poll(() => statusesOf(name, nights), TIMEOUT).toEqual(['cancelled', 'succeeded', 'none']);
  });

  test('it counts as well when a person has started it', async () => {
    const definition = await scheduled('overlap-by-hand', { overlap: 'skip' });
    await holdJobs();
    await nightscore.client.start({ pipeline: definition, key: '2026-11-01' });
    await backfill('overlap-by-hand', '2026-11-01');
    const taken = async () => (await handle('overlap-by-hand').describe()).info.runningActions.length;
    await expect.poll(taken, TIMEOUT).toBe(1);
    await backfill('overlap-by-hand', '2026-11-02');
    const counted = async () => (await handle('overlap-by-hand').describe()).info.numActionsSkippedOverlap;
    await expect.poll(counted, TIMEOUT).toBe(1);
    await aws.clearFaults();
    const ends = () => statusesOf('overlap-by-hand', nights);
    await expect.poll(ends, TIMEOUT).toEqual(['succeeded', 'none', 'none']);
  });
});

describe('a period that a person has run before', () => {
  test('is not run again', async () => {
    const definition = await scheduled('by-hand-before');
    const report = await nightscore.run(definition, '2026-11-05');
    await backfill('by-hand-before', '2026-11-05');
    const last = async () => (await nightscore.schedules.list())[0]?.lastActions;
    await expect
      .poll(last, TIMEOUT)
      .toMatchObject([
        { run: 'by-hand-before/2026-11-05', status: 'succeeded', scheduledAt: '2026-11-05T01:30:00.000Z' },
      ]);
    expect(await nightscore.client.get('by-hand-before/2026-11-05')).toEqual(report);
  });
});

describe('pauseOnFailure', () => {
  const failing = { gate: { minRecords: 1_000_000 } };
  const paused = async (name: string) => (await handle(name).describe()).state.paused;

  test('pauses the schedule when a run fails, and the list says so', async () => {
    await scheduled('failing', { pauseOnFailure: true }, failing);
    await backfill('failing', '2026-11-06');
    // Nobody asks for the schedule meanwhile: the very first answer says that it is paused.
    await expect.poll(() => statusOf('failing/2026-11-06'), TIMEOUT).toBe('failed');
    const { temporal } = nightscore;
    const scheduledRun = temporal.workflow.getHandle('nightscore-schedule:failing-2026-11-06T01:30:00Z');
    await expect.poll(async () => (await scheduledRun.describe()).status.name, TIMEOUT).toBe('FAILED');
    expect(await nightscore.schedules.list()).toMatchObject([
      { state: 'paused', note: expect.stringMatching(/fail/i), lastActions: [{ status: 'failed' }] },
    ]);
  });

  test('also when a person has started that run', async () => {
    const definition = await scheduled('failing-by-hand', { pauseOnFailure: true }, failing);
    await holdJobs();
    await nightscore.client.start({ pipeline: definition, key: '2026-11-06' });
    await backfill('failing-by-hand', '2026-11-06');
    const taken = async () => (await handle('failing-by-hand').describe()).info.runningActions.length;
    await expect.poll(taken, TIMEOUT).toBe(1);
    await expect
      .poll(async () => {
        const id = 'nightscore-schedule:failing-by-hand-2026-11-06T01:30:00Z';
        const { raw } = await nightscore.temporal.workflow.getHandle(id).describe();
        return raw.pendingActivities?.map(({ activityType }) => activityType?.name);
      }, TIMEOUT)
      .toEqual(['awaitRun']);
    await aws.clearFaults();
    await expect.poll(() => paused('failing-by-hand'), TIMEOUT).toBe(true);
  });

  test('does not when a person cancels the run', async () => {
    await scheduled('cancelled-by-hand', { pauseOnFailure: true });
    await holdJobs();
    await backfill('cancelled-by-hand', '2026-11-06');
    await expect.poll(() => hasJob('cancelled-by-hand/2026-11-06'), TIMEOUT).toBe(true);
    await nightscore.client.cancel('cancelled-by-hand/2026-11-06');
    const running = async () => (await handle('cancelled-by-hand').describe()).info.runningActions.length;
    await expect.poll(running, TIMEOUT).toBe(0);
    expect(await paused('cancelled-by-hand')).toBe(false);
  });
});

describe('by hand', () => {
  test('a trigger starts the run of the current period, also of a paused schedule', async () => {
    await scheduled('triggered', { cron: '0 0 1 1 *', timezone: 'UTC' });
    await nightscore.schedules.pause('triggered', 'until we know more');
    await nightscore.schedules.trigger('triggered');
    const run = async () => (await nightscore.schedules.list())[0]?.lastActions[0];
    await expect.poll(run, TIMEOUT).toMatchObject({ status: 'succeeded' });
    const { info } = await handle('triggered').describe();
    const day = info.recentActions[0]?.takenAt.toISOString().slice(0, 10);
    expect(await run()).toMatchObject({ run: `triggered/${day}` });
  });

  test('a trigger is not lost, whatever else reaches Temporal at the same moment', async () => {
    for (const name of ['busy-1', 'busy-2', 'busy-3']) {
      await scheduled(name, { cron: '0 0 1 1 *', timezone: 'UTC' });
      const disturb = async () => {
        for (let times = 0; times < 10; times += 1) await handle(name).pause('busy');
      };
      await Promise.all([nightscore.schedules.trigger(name), disturb(), disturb()]);
      expect((await handle(name).describe()).info.numActionsTaken).toBeGreaterThan(0);
    }
  });

  test('why a start failed before there was a run is told with the schedule', async () => {
    await scheduled('without-file', { cron: '0 0 1 1 *', timezone: 'UTC' });
    await folder.remove('without-file');
    await nightscore.schedules.trigger('without-file');
    await expect
      .poll(async () => (await nightscore.schedules.list())[0]?.lastActions, TIMEOUT)
      .toMatchObject([{ status: 'failed', error: expect.stringContaining('without-file') as string }]);
  });

  test('a schedule is paused with a reason, resumed and deleted', async () => {
    await scheduled('handled');
    const { schedules } = nightscore;
    const state = async () => (await handle('handled').describe()).state;
    await schedules.pause('handled', 'the data is late');
    expect(await state()).toMatchObject({ paused: true, note: 'the data is late' });
    await schedules.resume('handled', 'the data is there');
    expect(await state()).toMatchObject({ paused: false, note: 'the data is there' });
    await schedules.delete('handled');
    await expect.poll(() => schedules.list()).toEqual([]);
  });
});
