import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { InvalidInputError } from '../../../src/client/errors.ts';
import { NightscoreSchedules } from '../../../src/client/schedules/nightscore-schedules.ts';
import { OVERLAPS, type PipelineDefinition, type ScheduleDefinition } from '../../../src/pipeline/definition.ts';
import { SEARCH_ATTRIBUTE_KEYS } from '../../../src/temporal/search-attribute-keys.ts';
import { jobStep, pipeline } from '../../support/example-pipelines.ts';
import { startNightscore, type Nightscore } from '../../support/nightscore.ts';

const NIGHTLY: ScheduleDefinition = { cron: '30 2 * * *', timezone: 'Europe/Berlin' };

let nightscore: Nightscore;
let schedules: NightscoreSchedules;
const applied = new Set<string>();

beforeAll(async () => {
  nightscore = await startNightscore({ workers: 0 });
  ({ schedules } = nightscore);
});
afterEach(async () => {
  // By name: Temporal's list may not tell yet of one that was just created.
  for (const name of applied) {
    await handle(name)
      .delete()
      .catch(() => undefined);
  }
  applied.clear();
});
afterAll(() => nightscore.close());

function scheduled(name: string, change: Partial<ScheduleDefinition> = {}): PipelineDefinition {
  const steps = { score: jobStep('machine-learning/batch-prediction') };
  return { ...pipeline(name, steps), schedule: { ...NIGHTLY, ...change } };
}

/** Applies pipelines as they are; what was done to each schedule, by pipeline. */
async function apply(pipelines: readonly PipelineDefinition[], options: { prune?: boolean } = {}) {
  const plan = await schedules.plan(pipelines, options);
  for (const { name } of pipelines) applied.add(name);
  await plan.carryOut();
  return Object.fromEntries(plan.changes.map(({ pipeline: name, kind }) => [name, kind]));
}

function handle(name: string) {
  return nightscore.temporal.schedule.getHandle(`nightscore-schedule:${name}`);
}

/** When Temporal says that a schedule starts something, in UTC. */
async function firings(name: string, from: string, to: string): Promise<string[]> {
  const seconds = (text: string) => ({ seconds: Date.parse(text) / 1000 }) as never;
  const { startTime } = await nightscore.temporal.workflowService.listScheduleMatchingTimes({
    namespace: 'default',
    scheduleId: `nightscore-schedule:${name}`,
    startTime: seconds(from),
    endTime: seconds(to),
  });
  return startTime.map((time) => new Date(Number(time.seconds) * 1000).toISOString().slice(0, 16));
}

describe('applying', () => {
  test('creates what is missing, and changes nothing when run again', async () => {
    const pipelines = [scheduled('applied'), scheduled('applied-hourly', { cron: '@hourly', overlap: 'allow-all' })];
    expect(await apply(pipelines)).toEqual({ applied: 'create', 'applied-hourly': 'create' });
    const before = await handle('applied').describe();
    expect(await apply(pipelines)).toEqual({ applied: 'unchanged', 'applied-hourly': 'unchanged' });
    const after = await handle('applied').describe();
    expect(after.info.lastUpdatedAt).toEqual(before.info.lastUpdatedAt);
  });

  test('tells Temporal all that the file says', async () => {
    const everything: ScheduleDefinition = {
      cron: '*/15 8-18 1,15 JAN-MAR MON-FRI',
      timezone: 'America/New_York',
      overlap: 'buffer-one',
      catchupWindow: '2h',
      jitter: '5m',
      pauseOnFailure: true,
      startAt: '2027-01-01',
      endAt: '2027-03-31',
    };
    await apply([scheduled('everything', everything)]);
    expect(await handle('everything').describe()).toMatchObject({
      spec: {
        timezone: 'America/New_York',
        jitter: 300_000,
        startAt: new Date('2027-01-01T05:00:00Z'),
        endAt: new Date('2027-04-01T03:59:59Z'),
      },
      policies: { overlap: 'BUFFER_ONE', catchupWindow: 7_200_000, pauseOnFailure: true },
      action: {
        workflowType: 'scheduledRun',
        workflowId: 'nightscore-schedule:everything',
        taskQueue: nightscore.taskQueue,
        args: [{ pipeline: 'everything' }],
      },
    });
    expect(await apply([scheduled('everything', everything)])).toEqual({ everything: 'unchanged' });
  });

  test('always sets the catch-up window, to 6 hours by default', async () => {
    await apply([scheduled('caught-up')]);
    expect((await handle('caught-up').describe()).policies.catchupWindow).toBe(6 * 3_600_000);
  });

  test.each(OVERLAPS)('knows the overlap policy %s', async (overlap) => {
    await apply([scheduled('overlapping', { overlap })]);
    const { policies } = await handle('overlapping').describe();
    expect(policies.overlap).toBe(overlap.toUpperCase().replace('-', '_'));
  });

  test.each([
    [{ cron: '0 3 * * *' }, { what: 'cron', from: '30 2 * * *', to: '0 3 * * *' }],
    [{ timezone: 'UTC' }, { what: 'timezone', from: 'Europe/Berlin', to: 'UTC' }],
    [{ overlap: 'skip' as const }, { what: 'overlap', from: 'buffer-one', to: 'skip' }],
    [{ catchupWindow: '1d' }, { what: 'catchupWindow', from: '6h', to: '1d' }],
    [{ jitter: '90s' }, { what: 'jitter', from: '0s', to: '1m30s' }],
    [{ pauseOnFailure: true }, { what: 'pauseOnFailure', from: 'false', to: 'true' }],
    [{ startAt: '2027-01-01T00:00Z' }, { what: 'startAt', from: 'none', to: '2027-01-01T00:00:00.000Z' }],
    [{ endAt: '2027-01-01T00:00Z' }, { what: 'endAt', from: 'none', to: '2027-01-01T00:00:00.000Z' }],
  ])('shows the change to %j, and makes it', async (change, difference) => {
    await apply([scheduled('changing', { overlap: 'buffer-one' })]);
    const wanted = [scheduled('changing', { overlap: 'buffer-one', ...change })];
    const { changes } = await schedules.plan(wanted);
    expect(changes).toMatchObject([{ pipeline: 'changing', kind: 'change' }]);
    expect(changes[0]?.differences).toContainEqual(difference);
    expect(await apply(wanted)).toEqual({ changing: 'change' });
    expect(await apply(wanted)).toEqual({ changing: 'unchanged' });
  });

  test('shows in short which nights of the clock change', async () => {
    await apply([scheduled('nights')]);
    const { changes } = await schedules.plan([scheduled('nights', { cron: '0 4 * * *' })]);
    expect(changes[0]?.differences).toMatchObject([
      { what: 'cron' },
      {
        what: 'nights without the hour',
        from: expect.stringMatching(/^\d{4}-03-\d\d 03:30 … \d{4}-03-\d\d 03:30 \(20\)$/),
        to: 'none',
      },
      { what: 'hours shown twice', to: 'none' },
    ]);
  });

  test('sees what somebody changed by hand, and puts it right', async () => {
    await apply([scheduled('by-hand')]);
    await handle('by-hand').update((schedule) => ({
      ...schedule,
      spec: {
        ...schedule.spec,
        intervals: [...(schedule.spec.intervals ?? []), { every: '2h' }],
        skip: [{ dayOfWeek: 'FRIDAY', hour: '*' }],
      },
      action: { ...schedule.action, args: [{ pipeline: 'another' }] },
    }));
    const { changes } = await schedules.plan([scheduled('by-hand')]);
    expect(changes[0]?.differences).toMatchObject([
      { what: 'cron', from: '30 2 * * *; every 2h from 0s; not 0 * * * 5', to: '30 2 * * *' },
      { what: 'starts', from: expect.stringContaining('another') },
    ]);
    expect(await schedules.list([scheduled('by-hand')])).toMatchObject([
      { drift: [{ what: 'cron' }, { what: 'starts' }] },
    ]);
    await apply([scheduled('by-hand')]);
    expect(await schedules.list([scheduled('by-hand')])).toMatchObject([{ drift: [] }]);
  });

  test('sees what would stop or hurt what it starts, and puts it right', async () => {
    await apply([scheduled('stopped')]);
    await handle('stopped').update((schedule) => ({
      ...schedule,
      action: {
        ...schedule.action,
        workflowExecutionTimeout: '1m',
        workflowRunTimeout: '1s',
        retry: { maximumAttempts: 3 },
        memo: { by: 'hand' },
        typedSearchAttributes: [{ key: SEARCH_ATTRIBUTE_KEYS.pipeline, value: 'another' }],
      },
      state: { paused: true, note: 'by hand', remainingActions: 0 },
    }));
    const from = expect.stringMatching(/^memo .* … workflowRunTimeout 1s \(5\)$/);
    const differences = [
      { what: 'starts it with', from, to: 'nothing else' },
      { what: 'starts left', from: '0', to: 'no limit' },
    ];
    expect(await schedules.list([scheduled('stopped')])).toMatchObject([{ drift: differences }]);
    expect(await apply([scheduled('stopped')])).toEqual({ stopped: 'change' });
    expect((await handle('stopped').describe()).state).toEqual({ paused: true, note: 'by hand' });
    expect(await apply([scheduled('stopped')])).toEqual({ stopped: 'unchanged' });
  });

  test('sees that what it starts has been given the id of the first one for good', async () => {
    await apply([scheduled('one-id')]);
    const { raw } = await handle('one-id').describe();
    await nightscore.temporal.workflowService.updateSchedule({
      namespace: 'default',
      scheduleId: 'nightscore-schedule:one-id',
      schedule: { ...raw.schedule, policies: { ...raw.schedule?.policies, keepOriginalWorkflowId: true } },
    });
    const { changes } = await schedules.plan([scheduled('one-id')]);
    expect(changes[0]?.differences).toMatchObject([{ from: 'keepOriginalWorkflowId true' }]);
    expect(await apply([scheduled('one-id')])).toEqual({ 'one-id': 'change' });
    expect(await apply([scheduled('one-id')])).toEqual({ 'one-id': 'unchanged' });
  });

  test('leaves a schedule paused that somebody paused, with the reason', async () => {
    await apply([scheduled('paused-before')]);
    await schedules.pause('paused-before', 'the data is late');
    await apply([scheduled('paused-before', { cron: '0 4 * * *' })]);
    expect(await handle('paused-before').describe()).toMatchObject({
      state: { paused: true, note: 'the data is late' },
    });
  });

  test('does not undo a pause that comes while it changes the schedule', async () => {
    await apply([scheduled('paused-meanwhile')]);
    const { workflowService } = nightscore.temporal;
    const updateSchedule = workflowService.updateSchedule.bind(workflowService);
    const update = vi.spyOn(workflowService, 'updateSchedule').mockImplementationOnce(async (request: object) => {
      await handle('paused-meanwhile').pause('stop it now');
      return updateSchedule(request);
    });
    await apply([scheduled('paused-meanwhile', { overlap: 'buffer-one' })]);
    update.mockRestore();
    expect(await handle('paused-meanwhile').describe()).toMatchObject({
      state: { paused: true, note: 'stop it now' },
      policies: { overlap: 'BUFFER_ONE' },
    });
  });

  test('a pause is not lost, whatever else reaches Temporal at the same moment', async () => {
    await apply([scheduled('busy')]);
    for (const paused of [true, false, true, false, true]) {
      await Promise.all([
        paused ? schedules.pause('busy', 'too busy') : schedules.resume('busy'),
        ...Array.from({ length: 5 }, () => schedules.trigger('busy')),
      ]);
      expect((await handle('busy').describe()).state.paused).toBe(paused);
    }
  });

  test('goes on with what is there now, when somebody else applies at the same moment', async () => {
    const pipelines = [scheduled('contested'), scheduled('uncontested')];
    for (const { name } of pipelines) applied.add(name);
    const [first, second] = [await schedules.plan([scheduled('contested')]), await schedules.plan(pipelines)];
    const third = await schedules.plan([scheduled('contested', { overlap: 'buffer-one' })]);
    expect(await first.carryOut()).toMatchObject([{ kind: 'create' }]);
    expect(await second.carryOut()).toMatchObject([{ kind: 'unchanged' }, { kind: 'create' }]);
    expect(await third.carryOut()).toMatchObject([{ kind: 'change', differences: [{ what: 'overlap' }] }]);
    const fourth = await schedules.plan(pipelines);
    await schedules.delete('contested');
    expect(await fourth.carryOut()).toMatchObject([{ kind: 'create' }, { kind: 'unchanged' }]);
    await expect.poll(async () => (await schedules.list()).length).toBe(2);
    const plans = [await schedules.plan([], { prune: true }), await schedules.plan([], { prune: true })];
    await Promise.all(plans.map((plan) => plan.carryOut()));
    expect(await schedules.list()).toEqual([]);
  });

  test('looks at each schedule once', async () => {
    const pipelines = [scheduled('looked-at'), scheduled('looked-at-too')];
    await apply([...pipelines, scheduled('stray')]);
    await expect.poll(async () => (await schedules.list()).length).toBe(3);
    const looks = vi.spyOn(nightscore.temporal.workflowService, 'describeSchedule');
    await schedules.plan(pipelines);
    expect(looks.mock.calls.map(([{ scheduleId }]) => String(scheduleId)).toSorted()).toEqual([
      'nightscore-schedule:looked-at',
      'nightscore-schedule:looked-at-too',
      'nightscore-schedule:stray',
    ]);
    looks.mockRestore();
  });

  test('deletes what no file wants only when it is to prune, and only of its own task queue', async () => {
    const others = new NightscoreSchedules({ client: nightscore.temporal, taskQueue: `test-${randomUUID()}` });
    await (await others.plan([scheduled('of-others')])).carryOut();
    await apply([scheduled('wanted'), scheduled('unwanted')]);
    const withoutSchedule = pipeline('unwanted', { score: jobStep('machine-learning/batch-prediction') });
    const rest = [scheduled('wanted'), withoutSchedule];
    await expect.poll(() => apply(rest)).toEqual({ wanted: 'unchanged', unwanted: 'stray' });
    expect(await apply(rest, { prune: true })).toEqual({ wanted: 'unchanged', unwanted: 'delete' });
    expect((await schedules.list()).map((schedule) => schedule.pipeline)).toEqual(['wanted']);
    expect(await handle('of-others').describe()).toMatchObject({ scheduleId: 'nightscore-schedule:of-others' });
    await others.delete('of-others');
  });

  test('refuses a schedule that is another task queue’s, and changes nothing', async () => {
    const others = new NightscoreSchedules({ client: nightscore.temporal, taskQueue: 'somebody-elses' });
    await (await others.plan([scheduled('zz-taken')])).carryOut();
    const plan = schedules.plan([scheduled('aa-free'), scheduled('zz-taken')]);
    await expect(plan).rejects.toThrow(/zz-taken belongs to task queue somebody-elses.*NIGHTSCORE_TASK_QUEUE/);
    expect(await schedules.list()).toEqual([]);
    await others.delete('zz-taken');
  });

  test('changes nothing when any pipeline is not right, and tells everything that is wrong', async () => {
    const plan = schedules.plan([
      scheduled('right'),
      scheduled('wrong', { cron: '60 2 * * *', timezone: 'Europe/Berlni' }),
      { ...scheduled('no-period'), period: 'none' },
      scheduled('right'),
    ]);
    await expect(plan).rejects.toThrow(InvalidInputError);
    await expect(plan).rejects.toThrow(
      /wrong: schedule.cron: "60".*\n.*Europe\/Berlni(.|\n)*no-period: period: (.|\n)*several pipelines with the name right/,
    );
    expect(await schedules.list()).toEqual([]);
  });

  test('says that Temporal refuses a zone that it does not know, and does the rest', async () => {
    const plan = await schedules.plan([scheduled('nowhere', { timezone: 'us/pacific' }), scheduled('somewhere')]);
    applied.add('somewhere');
    await expect(plan.carryOut()).rejects.toThrow(
      /refuses the schedule of pipeline nowhere: unknown time zone.*the rest of the plan was carried out/,
    );
    expect(await schedules.list([scheduled('somewhere')])).toMatchObject([{ state: 'active' }]);
  });
});

describe('a schedule of a pipeline', () => {
  test.each([
    ['fires at a time that exists', '30 3 * * *', ['2027-03-27T02:30', '2027-03-28T01:30', '2027-03-29T01:30']],
    [
      'fires an hour later where it does not',
      '30 2 * * *',
      ['2027-03-27T01:30', '2027-03-28T01:30', '2027-03-29T00:30'],
    ],
    ['fires once where it has two chances', '30 1,2 * * SUN', ['2027-03-28T00:30']],
  ])('%s in the spring night', async (_, cron, times) => {
    await apply([scheduled('in-spring', { cron })]);
    expect(await firings('in-spring', '2027-03-26T23:30:00Z', '2027-03-29T12:00:00Z')).toEqual(times);
  });

  test('of hours leaves out the hour that does not exist: there is no such period', async () => {
    await apply([{ ...scheduled('hourly-in-spring', { cron: '30 * * * *' }), period: 'hour' }]);
    expect(await firings('hourly-in-spring', '2027-03-28T00:00:00Z', '2027-03-28T02:00:00Z')).toEqual([
      '2027-03-28T00:30',
      '2027-03-28T01:30',
    ]);
  });

  test('of days fires once in the autumn night, and one of hours in both of its hours', async () => {
    const hourly = { ...scheduled('hourly-in-autumn', { cron: '30 * * * *' }), period: 'hour' as const };
    await apply([scheduled('in-autumn'), hourly]);
    const night = ['2026-10-25T00:00:00Z', '2026-10-25T02:00:00Z'] as const;
    // Where it is 02:45 for the first time, Temporal's calendars think that 02:30 is over.
    expect(await firings('in-autumn', '2026-10-25T00:45:00Z', '2026-10-25T02:00:00Z')).toEqual(['2026-10-25T01:30']);
    expect(await firings('in-autumn', ...night)).toEqual(['2026-10-25T01:30']);
    expect(await firings('hourly-in-autumn', ...night)).toEqual(['2026-10-25T00:30', '2026-10-25T01:30']);
  });

  test('knows the spring nights of more than ten years', async () => {
    await apply([scheduled('far-ahead')]);
    const year = new Date().getUTCFullYear() + 10;
    expect(await firings('far-ahead', `${year}-03-01T00:00:00Z`, `${year}-03-31T12:00:00Z`)).toHaveLength(31);
  });

  // The weekdays 1-7 are not among these: Temporal leaves out the Sunday, and we do not.
  test.each([
    '5/10 1-5/2 1,15 JAN-MAR mon-FRI',
    '0 0 13 * 5',
    '*/15 * * * 5-7',
    '0 1-3,2 * * *',
    '0 */5 */10 */5 *',
    '0 0 * * */2',
    '@weekly',
    '@yearly',
  ])('means by %s what Temporal means by it', async (cron) => {
    await apply([scheduled('same-meaning', { cron, timezone: 'UTC' })]);
    const theirs = await nightscore.temporal.schedule.create({
      scheduleId: `theirs-${randomUUID()}`,
      spec: { cronExpressions: [cron], timezone: 'UTC' },
      action: { type: 'startWorkflow', workflowType: 'none', taskQueue: 'none' },
      state: { paused: true },
    });
    const [ours, other] = await Promise.all([handle('same-meaning').describe(), theirs.describe()]);
    expect(ours.info.nextActionTimes).toEqual(other.info.nextActionTimes);
    await theirs.delete();
  });
});

test.each(['pause', 'resume'] as const)(
  '%s takes no blank text, for which Temporal changes nothing',
  async (action) => {
    await apply([scheduled('blank')]);
    for (const text of ['', ' \n']) {
      await expect(schedules[action]('blank', text)).rejects.toThrow(/^The (?:reason|note) must not be blank/);
    }
    expect((await handle('blank').describe()).state.paused).toBe(false);
  },
);

describe('of an unknown pipeline', () => {
  test.each(['pause', 'resume', 'trigger', 'delete'] as const)('%s says what there is', async (action) => {
    await apply([scheduled('churn-nightly'), scheduled('fraud-nightly')]);
    const known = async () => (await schedules.list()).length;
    await expect.poll(known).toBe(2);
    await expect(schedules[action]('churn-nigtly', 'why')).rejects.toThrow(
      'There is no schedule of pipeline "churn-nigtly" (did you mean churn-nightly?). There are: churn-nightly, fraud-nightly. Nothing was changed.',
    );
  });
});

test('a schedule is listed as not applied, or without a file, as it is', async () => {
  await apply([scheduled('filed'), scheduled('unfiled'), scheduled('unscheduled')]);
  const unscheduled = pipeline('unscheduled', { score: jobStep('machine-learning/batch-prediction') });
  await expect.poll(async () => (await schedules.list()).length).toBe(3);
  expect(await schedules.list([scheduled('filed'), scheduled('fresh'), unscheduled])).toMatchObject([
    { pipeline: 'filed', state: 'active', drift: [], cron: '30 2 * * *', timezone: 'Europe/Berlin' },
    { pipeline: 'fresh', state: 'not-applied', nextTimes: [] },
    { pipeline: 'unfiled', withoutFile: 'there is no valid file of its pipeline' },
    { pipeline: 'unscheduled', withoutFile: 'its file has no schedule' },
  ]);
});
