import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CancelBatchPredictionJobCommand, FraudDetectorClient } from '@aws-sdk/client-frauddetector';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { RunReport } from '../../src/pipeline/report.ts';
import { jobStep, pipeline } from '../support/example-pipelines.ts';
import { startNightscore, type Nightscore } from '../support/nightscore.ts';
import { REGION, simulateAws, type SimulatedAws } from '../support/simulated-aws.ts';
import { nightscore as command, onlyDocument, startCommand, type CommandOptions } from '../cli/command.ts';

const AML = 'machine-learning/batch-prediction';
const AFD = 'fraud-detector/batch-prediction';
const NIGHT_SIZE = 8;

let folder: string;
let aws: SimulatedAws;
let nightscore: Nightscore;
let options: CommandOptions;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nightscore-replay-'));
  aws = await simulateAws({ settings: { fraudDetector: { simultaneousJobs: 100 } } });
  nightscore = await startNightscore();
  const env = {
    TEMPORAL_ADDRESS: inject('temporalAddress'),
    NIGHTSCORE_TASK_QUEUE: nightscore.taskQueue,
    NIGHTSCORE_PIPELINES: folder,
    NIGHTSCORE_CACHE: join(folder, 'cache'),
  };
  options = { env };
});
afterAll(async () => {
  await nightscore.close();
  await aws.close();
  await rm(folder, { recursive: true });
});

function run(...args: string[]) {
  return command(args, options);
}

/** A run whose job of Fraud Detector failed after one of Amazon ML succeeded. */
async function failedRun(name: string, key = '2026-11-20'): Promise<RunReport> {
  const [report] = await failedRuns([name], key);
  return report as RunReport;
}

async function failedRuns(names: readonly string[], key: string): Promise<RunReport[]> {
  await aws.faults([{ call: 'create', fault: 'job-fails', service: 'fraud-detector' }]);
  const steps = { score: jobStep(AML), check: jobStep(AFD, { needs: ['score'] }) };
  const reports = await Promise.all(names.map((name) => nightscore.run(pipeline(name, steps), key)));
  await aws.clearFaults();
  return reports;
}

async function createsOf(job: string): Promise<number> {
  const calls = await aws.ledger(`?job=${job}`);
  return calls.filter(({ operation, status }) => operation.startsWith('Create') && status === 200).length;
}

describe('replay of one run', () => {
  it('says what it will do and why, needs --yes where nobody can be asked, and then does it', async () => {
    const { run: first } = await failedRun('cli-replay');
    const plan = await run('replay', first.id, '--dry-run');
    expect(plan).toMatchObject({ code: 0, stderr: '' });
    expect(plan.stdout).toMatch(/score +reuse +\d+ +\d:\d\d +it succeeded, and its input is unchanged/);
    expect(plan.stdout).toMatch(/check +pay again .* it failed \(internal\)/);

    const unasked = await run('replay', first.id);
    expect(unasked.code).toBe(2);
    expect(unasked.stderr).toContain('This would pay for 1 job again, and there is no terminal to ask on: add --yes.');

    const done = await run('replay', first.id, '--yes', '--wait', '--reason', 'the service was ill');
    expect(done).toMatchObject({ code: 0, stderr: '' });
    expect(done.stdout).toContain(`Run ${first.id} succeeded`);

    const details = await run('get', first.id);
    expect(details.stdout).toMatch(/reason +the service was ill/);
    const history = await run('get', first.id, '--history');
    expect(history.stdout).toMatch(/first run: failed[\s\S]*replay 1: succeeded[\s\S]*by cli \([\s\S]*reused +score/);
    const runs = onlyDocument((await run('get', first.id, '--history', '--json')).stdout) as { replay?: object }[];
    expect(runs).toMatchObject([
      { status: 'failed' },
      { replay: { reason: 'the service was ill' }, reused: ['score'] },
    ]);
  });

  it('goes ahead without a question where nothing is paid for twice', async () => {
    const { run: id } = await nightscore.client.start({
      pipeline: pipeline('cli-replay-free', { score: jobStep(AML) }),
      key: '2026-11-20',
    });
    await nightscore.until(id, ({ steps }) => steps['score']?.job !== undefined);
    await nightscore.temporal.workflow.getHandle(id).terminate();
    expect((await run('get', id)).stdout).toMatch(/outcome +terminated/);
    const done = await run('replay', id, '--wait', '--json');
    expect(done.code).toBe(0);
    const report = onlyDocument(done.stdout) as RunReport;
    expect(report).toMatchObject({ outcome: 'succeeded', steps: { score: { attempt: 1, job: { adopted: true } } } });
    expect(await createsOf(report.steps['score']?.job?.id ?? '')).toBe(1);
    const history = await nightscore.client.history(id);
    expect(history.map(({ adopted }) => adopted)).toEqual([[], [report.steps['score']?.job?.id]]);
  });

  it('takes the definition of the folder when asked to', async () => {
    const { run: first } = await failedRun('cli-replay-new');
    const next = pipeline('cli-replay-new', { score: jobStep(AML), other: jobStep(AML, { needs: ['score'] }) });
    await writeFile(join(folder, 'cli-replay-new.yaml'), JSON.stringify(next));
    const same = await run('replay', first.id, '--dry-run');
    expect(same.stderr).toContain('The file of pipeline cli-replay-new is another one now: --definition new replays');
    const many = await run('replay', '--where', 'pipeline=cli-replay-new', '--dry-run');
    expect(many.stdout).toContain('The pipeline files of 1 run are other ones now: --definition new replays with');
    const plan = await run('replay', first.id, '--definition', 'new', '--dry-run', '--json');
    expect(plan.stderr).toBe('');
    expect(onlyDocument(plan.stdout)).toMatchObject({
      paysAgain: 0,
      steps: [
        { step: 'score', action: 'reuse' },
        { step: 'other', action: 'run' },
      ],
    });
  });

  it.each([
    [['replay'], 'Name one run'],
    [['replay', 'a/b', '--where', 'outcome=failed'], 'Name one run or choose runs with --where, not both'],
    [['replay', 'no-run'], 'is not a run key'],
    [['replay', 'cli-replay-none/2026-11-20'], 'There is no run cli-replay-none/2026-11-20'],
    [['replay', '--where', 'pipeline=a/b'], '"a/b" has a slash, and a pipeline has none: a run is named as'],
    [['replay', '--where', 'outcome=faild'], 'there is no outcome "faild"'],
    [['replay', '--where', '', '--yes'], '"" is no condition: write FIELD=VALUE'],
    [['replay', '--where', 'outcome=failed', '--from', 'score'], '--from means a step of one run'],
    [['replay', 'a/b', '--definition', 'old'], 'Allowed choices are same, new'],
    [['replay', '--where', 'outcome=failed', '--rate', '0'], 'must be a number above 0'],
  ])('%j is refused: %s', async (args, message) => {
    const { code, stderr } = await run(...args);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });
});

describe('replay of a night', () => {
  it('replays each failed run once, also when the command is killed half-way and given again', async () => {
    const names = Array.from({ length: NIGHT_SIZE }, (_, index) => `cli-night-${index}`);
    const failed = await failedRuns(names, '2026-11-19');
    expect(failed.every(({ outcome }) => outcome === 'failed')).toBe(true);
    const where = ['replay', '--where', 'period=2026-11-19 outcome=failed pipeline=cli-night-*'];
    const preview = await run(...where, '--dry-run');
    expect(preview.stdout.match(/cli-night-\d+\/2026-11-19 +failed +1 +1/g)).toHaveLength(NIGHT_SIZE);
    expect(preview.stdout).toContain(`${NIGHT_SIZE} runs, ${NIGHT_SIZE} jobs paid again.\nNothing was started.\n`);

    // The replays fail again, so that only their mark tells the second command that they were done.
    await aws.faults([{ call: 'create', fault: 'job-fails', service: 'fraud-detector' }]);
    const killed = startCommand([...where, '--yes', '--rate', '4'], options);
    await expect.poll(async () => (await replaysOf(names)).length, { timeout: 20_000 }).toBeGreaterThan(2);
    killed.process.kill('SIGKILL');
    await killed.ended;
    const before = await replaysOf(names);
    expect(before.length).toBeLessThan(NIGHT_SIZE);
    await Promise.all(before.map((id) => nightscore.ended(id)));

    const again = await run(...where, '--yes', '--wait', '--rate', '50');
    expect(again.stderr).toContain('Going on with the replays of the same command that was interrupted.');
    expect(again.stderr).toContain('It began at 20');
    expect(again.stdout.match(/ {2}replay started$/gm)).toHaveLength(NIGHT_SIZE - before.length);
    expect(again.stdout).toContain(
      `Replayed ${NIGHT_SIZE} runs, ${before.length} of them before the interruption: ${NIGHT_SIZE} failed.`,
    );
    expect(again.code).toBe(1);
    expect(again.stdout).toContain('replayed already by this command');
    const runs = await Promise.all(names.map((name) => nightscore.client.history(`${name}/2026-11-19`)));
    expect(runs.map((history) => history.length)).toEqual(names.map(() => 2));

    await aws.clearFaults();
    const last = await run(...where, '--yes', '--wait', '--rate', '50');
    expect(last).toMatchObject({ code: 0 });
    expect(last.stdout).toContain(`Replayed ${NIGHT_SIZE} runs: ${NIGHT_SIZE} succeeded.`);
    const listed = await run('list', '--where', 'pipeline=cli-night-* outcome=failed');
    expect(listed.stdout).toContain('No runs match.');
    const done = await run(...where, '--yes');
    expect(done).toMatchObject({ code: 0 });
    expect(done.stdout).toBe(
      "No runs match. Nothing was started. See which there are: nightscore list --where 'pipeline=cli-night-*'\n",
    );
  }, 120_000);

  it('is refused when more runs match than were asked for', async () => {
    await failedRuns(['cli-many-a', 'cli-many-b', 'cli-many-c'], '2026-11-18');
    const { code, stderr } = await run('replay', '--where', 'pipeline=cli-many-*', '--limit', '2', '--yes');
    expect(code).toBe(2);
    expect(stderr).toContain('matches more than 2 runs: say more of them, or raise --limit. Nothing was started.');
  });

  it('goes on to wait for what it started before Ctrl-C, and replays no run of that twice', async () => {
    const names = ['cli-hung-a', 'cli-hung-b'];
    const steps = { score: jobStep(AML, { gate: { minRecords: 1_000_000 } }) };
    await Promise.all(names.map((name) => nightscore.run(pipeline(name, steps), '2026-11-17')));
    await aws.faults([{ call: 'create', fault: 'job-hangs' }]);
    const line = ['replay', '--where', 'pipeline=cli-hung-*', '--yes', '--wait', '--rate', '50'];
    const first = startCommand(line, options);
    await first.says(/cli-hung-.*replay started[\s\S]*cli-hung-.*replay started/);
    first.process.kill('SIGINT');
    const interrupted = await first.ended;
    expect(interrupted.code).toBe(130);
    expect(interrupted.stderr).toContain(
      'Replayed 2 runs.\nReplays that were started go on. Give the same command again',
    );

    // Terminated, it leaves no report.
    await nightscore.temporal.workflow.getHandle('cli-hung-a/2026-11-17').terminate();
    const again = startCommand(line, options);
    await again.says('replayed already by this command');
    await nightscore.client.cancel('cli-hung-b/2026-11-17');
    const { code, stdout, stderr } = await again.ended;
    expect(code).toBe(1);
    expect(stdout).toMatch(/^\d\d:\d\d:\d\d {2}cli-hung-b\/2026-11-17 {2}cancelled$/m);
    expect(stdout).toContain('Replayed 2 runs, 2 of them before the interruption: 1 ');
    expect(stderr).toContain('Given once more, the same command begins anew');
    for (const name of names) expect(await nightscore.client.history(`${name}/2026-11-17`)).toHaveLength(2);

    const anew = await run(...line, '--dry-run');
    expect(anew.stdout).toMatch(/cli-hung-a\/2026-11-17 +terminated[\s\S]*2 runs, /);
    await aws.clearFaults();
  });

  it('leaves out a run that cannot be looked at, and gives up only when there is no other', async () => {
    const steps = { score: jobStep(AML, { gate: { minRecords: 1_000_000 } }) };
    await Promise.all(['cli-part-a', 'cli-part-b'].map((name) => nightscore.run(pipeline(name, steps), '2026-11-16')));
    const next = pipeline('cli-part-a', { score: jobStep(AML) });
    await writeFile(join(folder, 'cli-part-a.yaml'), JSON.stringify(next));
    const args = ['--definition', 'new', '--dry-run'];
    const some = await run('replay', '--where', 'pipeline=cli-part-*', ...args);
    expect(some.code).toBe(1);
    expect(some.stdout).toMatch(/Not replayed: cli-part-b\/2026-11-16: .*there is no pipeline "cli-part-b"/);
    const none = await run('replay', '--where', 'pipeline=cli-part-b', ...args);
    expect(none.code).toBe(2);
    expect(none.stderr).toContain('there is no pipeline "cli-part-b"');
  });

  it('pays for nothing that the preview did not say: what would cost more since is left out', async () => {
    await aws.faults([{ call: 'create', fault: 'job-hangs' }]);
    const { run: id } = await nightscore.client.start({
      pipeline: pipeline('cli-since', { check: jobStep(AFD) }),
      key: '2026-11-14',
    });
    const { steps } = await nightscore.until(id, (report) => report.steps['check']?.job !== undefined);
    await aws.clearFaults();
    await nightscore.temporal.workflow.getHandle(id).terminate();
    const job = steps['check']?.job?.id ?? '';
    const many = startCommand(['replay', '--where', 'pipeline=cli-since', '--rate', '0.2'], options);
    await many.says('1 run, 0 jobs paid again.');
    await new FraudDetectorClient({ region: REGION }).send(new CancelBatchPredictionJobCommand({ jobId: job }));
    const { code, stdout } = await many.ended;
    expect(stdout).toContain(`not replayed: ${id}: since the preview it would pay for check as well`);
    expect(code).toBe(1);
    expect(await createsOf(job)).toBe(1);
    expect(await nightscore.client.history(id)).toHaveLength(1);
  });

  it('says where to look when no run matches', async () => {
    const { code, stdout } = await run('replay', '--where', 'period=1999-01-01', '--dry-run');
    expect(code).toBe(0);
    expect(stdout).toBe('No runs match. Nothing was started. See which there are: nightscore list\n');
  });

  it('says of runs that match and still run that they cannot be replayed', async () => {
    await aws.faults([{ call: 'create', fault: 'job-hangs' }]);
    const { run: id } = await nightscore.client.start({
      pipeline: pipeline('cli-still', { score: jobStep(AML) }),
      key: '2026-11-15',
    });
    await nightscore.until(id, ({ steps }) => steps['score']?.job !== undefined);
    await aws.clearFaults();
    const { stdout, stderr } = await run('replay', '--where', 'pipeline=cli-still');
    expect(stdout).toContain('No runs match. Nothing was started.');
    expect(stderr).toContain(`Runs that match still run, for example ${id}, and cannot be replayed`);
    const asked = await run('replay', '--where', 'pipeline=cli-still outcome=running');
    expect(asked.stdout).toContain(`Not replayed: ${id}: Run ${id} still runs`);
    await nightscore.temporal.workflow.getHandle(id).terminate();
  });

  async function replaysOf(names: readonly string[]): Promise<string[]> {
    const histories = await Promise.all(names.map((name) => nightscore.client.history(`${name}/2026-11-19`)));
    return histories.flatMap((history, index) => (history.length > 1 ? [`${names[index]}/2026-11-19`] : []));
  }
});
