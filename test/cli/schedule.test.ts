import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import type { ScheduleStatus } from '../../src/client/schedules/schedule-status.ts';
import type { PipelineDefinition, ScheduleDefinition } from '../../src/pipeline/definition.ts';
import { jobStep, pipeline } from '../support/example-pipelines.ts';
import { startNightscore, type Nightscore } from '../support/nightscore.ts';
import { pipelinesFolder, type PipelinesFolder } from '../support/pipelines-folder.ts';
import { nightscore as command, onlyDocument } from './command.ts';

let folder: PipelinesFolder;
let nightscore: Nightscore;
let env: Record<string, string>;

beforeAll(async () => {
  folder = await pipelinesFolder();
  nightscore = await startNightscore({ workers: 0 });
  env = {
    TEMPORAL_ADDRESS: inject('temporalAddress'),
    NIGHTSCORE_TASK_QUEUE: nightscore.taskQueue,
    NIGHTSCORE_PIPELINES: folder.path,
  };
});
afterEach(async () => {
  for (const { pipeline: name } of await listed()) {
    await nightscore.schedules.delete(name);
    await folder.remove(name).catch(() => undefined);
  }
});
afterAll(async () => {
  await nightscore.close();
  await folder.close();
});

function schedule(...args: string[]) {
  return command(['schedule', ...args], { env });
}

async function listed(): Promise<ScheduleStatus[]> {
  return nightscore.schedules
    .list([scheduled('cli-night'), scheduled('cli-other')])
    .then((all) => all.filter(({ state }) => state !== 'not-applied'));
}

function scheduled(name: string, change: Partial<ScheduleDefinition> = {}): PipelineDefinition {
  const steps = { score: jobStep('machine-learning/batch-prediction') };
  return { ...pipeline(name, steps), schedule: { cron: '0 2 * * *', timezone: 'Europe/Berlin', ...change } };
}

describe('schedule apply', () => {
  it('shows a plan, carries it out, and has nothing to do when run again', async () => {
    await folder.write(scheduled('cli-night'));
    const dry = await schedule('apply', '--dry-run');
    expect(dry).toMatchObject({ code: 0, stderr: '' });
    expect(dry.stdout).toMatch(
      /^\+ create {2}cli-night {2}0 2 \* \* \* {2}Europe\/Berlin\nNothing was changed \(--dry-run\): 1 to be created\.\n$/,
    );
    expect(await listed()).toEqual([]);
    const first = await schedule('apply');
    expect(first.stdout).toContain('Done: 1 created.');
    const again = await schedule('apply');
    expect(again).toMatchObject({ code: 0, stderr: '' });
    expect(again.stdout).toMatch(/^= unchanged {2}cli-night .*\nNothing to change\.\n$/);
    await folder.write(scheduled('cli-night', { cron: '0 3 * * *', overlap: 'buffer-one' }));
    const changed = await schedule('apply');
    expect(changed.stdout).toMatch(/^~ change {2}cli-night .*\n {4}cron: 0 2 \* \* \* -> 0 3 \* \* \*\n/);
    expect(changed.stdout).toContain('    overlap: skip -> buffer-one\nDone: 1 changed.\n');
  });

  it('deletes what no file wants with --prune, and says so', async () => {
    await folder.write(scheduled('cli-night'));
    await folder.write(scheduled('cli-other'));
    await schedule('apply');
    await folder.remove('cli-other');
    await expect
      .poll(async () => (await schedule('apply')).stdout, { timeout: 20_000 })
      .toMatch(/\? stray {6}cli-other .*\n {4}no file wants it any more; --prune deletes it\nNothing to change\.\n$/);
    const { stdout } = await schedule('apply', '--prune', '--json');
    expect(onlyDocument(stdout)).toMatchObject({
      applied: true,
      changes: [
        { pipeline: 'cli-night', kind: 'unchanged', differences: [] },
        { pipeline: 'cli-other', kind: 'delete' },
      ],
    });
    expect(await listed()).toMatchObject([{ pipeline: 'cli-night' }]);
  });

  it('changes nothing when a file is not valid, and tells all that is wrong', async () => {
    await folder.write(scheduled('cli-night'));
    await folder.write(scheduled('cli-other', { cron: '0 25 * * *', timezone: 'Europe/Berlni' }));
    await folder.writeText('cli-misnamed', JSON.stringify(scheduled('cli-named')));
    const { code, stderr, stdout } = await schedule('apply', '--prune');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('schedule.cron: "25" is not allowed as the hour');
    expect(stderr).toContain('schedule.timezone: "Europe/Berlni" is not an IANA time zone');
    expect(stderr).toContain('its own name as that of its file: cli-named.yaml');
    expect(await listed()).toEqual([]);
    for (const name of ['cli-night', 'cli-other', 'cli-misnamed']) await folder.remove(name);
  });

  it('does not prune by a folder of other pipelines, and does by one whose file has lost the last schedule', async () => {
    await folder.write(scheduled('cli-night'));
    await schedule('apply');
    await folder.remove('cli-night');
    await folder.write(pipeline('cli-unscheduled', { score: jobStep('machine-learning/batch-prediction') }));
    await expect
      .poll(async () => (await schedule('apply', '--prune')).stderr, { timeout: 20_000 })
      .toMatch(
        /has no file of any pipeline with a schedule, so --prune would delete every schedule.*Nothing was changed/,
      );
    expect(await listed()).toMatchObject([{ pipeline: 'cli-night' }]);
    await folder.remove('cli-unscheduled');
    await folder.write(pipeline('cli-night', { score: jobStep('machine-learning/batch-prediction') }));
    expect((await schedule('apply', '--prune')).stdout).toContain('Done: 1 deleted.');
    expect(await listed()).toEqual([]);
    await folder.remove('cli-night');
  });

  it('does not prune by a folder that holds no pipeline', async () => {
    await folder.write(scheduled('cli-night'));
    await schedule('apply');
    await folder.remove('cli-night');
    // Temporal's list may not tell yet of one that was just created.
    await expect.poll(async () => (await schedule('apply')).stdout, { timeout: 20_000 }).toContain('? stray');
    const { code, stderr } = await schedule('apply', '--prune');
    expect(code).toBe(2);
    expect(stderr).toMatch(/holds no pipeline, so --prune would delete every schedule.*NIGHTSCORE_PIPELINES/);
    expect(await listed()).toMatchObject([{ pipeline: 'cli-night' }]);
  });
});

describe('schedule list', () => {
  it('shows the next times in the zone and in UTC, and how the schedule differs from its file', async () => {
    await folder.write(scheduled('cli-night', { cron: '30 12 1 1 *' }));
    await folder.write(scheduled('cli-other'));
    await schedule('apply');
    await schedule('pause', 'cli-other', '--reason', 'the data is late');
    await folder.write(scheduled('cli-night', { cron: '30 12 1 1 *', jitter: '5m' }));
    const { code, stdout } = await schedule('list');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^PIPELINE +STATE +CRON +NEXT +IN UTC +LAST +MISSED +SKIPPED +FILE$/m);
    expect(stdout).toMatch(/^cli-night +active +30 12 1 1 \* +\d{4}-01-01 12:30 +\d{4}-01-01 11:30 +0 +0 +differs$/m);
    expect(stdout).toMatch(/^cli-other +paused +0 2 \* \* \* .* same$/m);
    expect(stdout).toContain('cli-other is paused: the data is late\n');
    expect(stdout).toContain('cli-night differs from its file: jitter: 0s -> 5m\n');
    const document = onlyDocument((await schedule('list', '--json')).stdout);
    expect(document).toMatchObject([
      { pipeline: 'cli-night', state: 'active', drift: [{ what: 'jitter' }], missed: 0, skipped: 0 },
      { pipeline: 'cli-other', state: 'paused', note: 'the data is late', drift: [] },
    ]);
  });

  it('says of a file that it is not applied yet, or not valid, and lists the rest', async () => {
    await folder.write(scheduled('cli-night'));
    const { stdout } = await schedule('list');
    expect(stdout).toMatch(/^cli-night +not applied .* not applied$/m);
    expect(stdout).toContain('cli-night is not scheduled yet: nightscore schedule apply');
    await schedule('apply');
    await folder.writeText('cli-night', 'name: [');
    const broken = await schedule('list');
    expect(broken.stderr).toContain('Not compared with their files, which are not valid');
    expect(broken.stdout).toMatch(/^cli-night +active .* none$/m);
  });
});

describe('one schedule', () => {
  it('is paused, resumed and deleted by name', async () => {
    await folder.write(scheduled('cli-night'));
    await schedule('apply');
    const pause = await schedule('pause', 'cli-night', '--reason', 'late\u001B[2J\ndata');
    expect(pause.stdout).toBe('Paused the schedule of cli-night: late data\n');
    await expect.poll(listed).toMatchObject([{ state: 'paused', note: 'late\u001B[2J\ndata' }]);
    expect((await schedule('resume', 'cli-night')).stdout).toContain('is active');
    await expect.poll(listed).toMatchObject([{ state: 'active' }]);
    expect((await schedule('trigger', 'cli-night')).stdout).toContain('nightscore list --pipeline cli-night');
    await expect.poll(async () => (await listed())[0]?.lastActions).toMatchObject([{ status: 'running' }]);
    expect((await schedule('delete', 'cli-night')).stdout).toContain('Deleted the schedule of cli-night');
    await expect.poll(listed).toEqual([]);
    await folder.remove('cli-night');
  });

  it.each([['pause', '--reason', 'x'], ['resume'], ['trigger'], ['delete']])(
    'that is not there: %s says what is there, and exits with 2',
    async (action, ...options) => {
      const { code, stderr } = await schedule(action, 'cli-nihgt', ...options);
      expect(code).toBe(2);
      expect(stderr).toMatch(
        /There is no schedule of pipeline "cli-nihgt".*There are none: see `nightscore schedule apply`/,
      );
    },
  );

  it('is not paused without a reason', async () => {
    const { code, stderr } = await schedule('pause', 'cli-night');
    expect(code).toBe(2);
    expect(stderr).toContain("required option '--reason <text>' not specified");
  });

  it.each(['', '  '])('is not paused with %j for a reason', async (reason) => {
    const { code, stderr } = await schedule('pause', 'cli-night', '--reason', reason);
    expect(code).toBe(2);
    expect(stderr).toContain("option '--reason <text>' argument");
    expect(stderr).toContain('It must not be blank.');
  });
});
