import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseDocument } from 'yaml';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { RunReport } from '../../src/pipeline/report.ts';
import { jobStep, pipeline } from '../support/example-pipelines.ts';
import { startNightscore, type Nightscore } from '../support/nightscore.ts';
import { simulateAws, type SimulatedAws } from '../support/simulated-aws.ts';
import { nightscore as command, onlyDocument, startCommand, type CommandOptions } from './command.ts';

const AML = 'machine-learning/batch-prediction';
const AFD = 'fraud-detector/batch-prediction';

const PIPELINES = {
  'cli-quick': { score: jobStep(AML) },
  /** Its job stays in the queue until somebody stops it. */
  'cli-endless': { score: jobStep(AFD) },
  'cli-sized': { score: jobStep(AML) },
  'cli-changing': { score: jobStep(AML) },
  'cli-failing': { score: jobStep(AML, { gate: { minRecords: 1_000_000 } }) },
};

let folder: string;
let aws: SimulatedAws;
let nightscore: Nightscore;
let options: CommandOptions;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nightscore-runs-'));
  for (const [name, steps] of Object.entries(PIPELINES)) {
    const params = { size: { type: 'integer', default: 0 } };
    await writeFile(join(folder, `${name}.yaml`), JSON.stringify({ ...pipeline(name, steps), params }));
  }
  aws = await simulateAws();
  await keepFraudDetectorBusy(join(aws.folder, 'resources.yaml'));
  nightscore = await startNightscore();
  const env = {
    TEMPORAL_ADDRESS: inject('temporalAddress'),
    NIGHTSCORE_TASK_QUEUE: nightscore.taskQueue,
    NIGHTSCORE_PIPELINES: folder,
  };
  options = { env };
});
afterAll(async () => {
  await nightscore.close();
  await aws.close();
  await rm(folder, { recursive: true });
});

async function keepFraudDetectorBusy(resourceFile: string): Promise<void> {
  const resources = parseDocument(await readFile(resourceFile, 'utf8'));
  resources.setIn(['settings', 'fraudDetector', 'timing', 'queuedSeconds'], 10_000_000);
  await writeFile(resourceFile, String(resources));
}

function run(...args: string[]) {
  return command(args, options);
}

async function report(...args: string[]): Promise<{ code: number | null; report: RunReport }> {
  const { code, stdout } = await run(...args, '--json');
  return { code, report: onlyDocument(stdout) as RunReport };
}

async function creates(job: string): Promise<number> {
  const calls = await aws.ledger(`?job=${job}`);
  return calls.filter(({ operation }) => operation.startsWith('Create')).length;
}

describe('start', () => {
  it('starts a run once, and says of a run that exists how it stands, without a change', async () => {
    const line = ['start', 'cli-quick', '--date', '2026-01-01'];
    const first = await run(...line);
    expect(first).toMatchObject({ code: 0, stderr: '' });
    expect(first.stdout).toContain('Started run cli-quick/2026-01-01.');
    const ended = await nightscore.ended('cli-quick/2026-01-01');
    const again = await run(...line);
    expect(again).toMatchObject({ code: 0, stderr: '' });
    expect(again.stdout).toContain('Run cli-quick/2026-01-01 exists already (succeeded); nothing was changed.');
    expect(await nightscore.client.get('cli-quick/2026-01-01')).toEqual(ended);
    expect(await creates(ended.steps['score']?.job?.id ?? '')).toBe(1);
  });

  it('says with --json in one document what it has done', async () => {
    const line = ['start', 'cli-endless', '--date', '2026-01-02', '--json'];
    const started = await run(...line);
    expect(started).toMatchObject({ code: 0, stderr: '' });
    expect(onlyDocument(started.stdout)).toEqual({ run: 'cli-endless/2026-01-02', started: true, status: 'running' });
    const again = await run(...line);
    expect(again.code).toBe(0);
    expect(onlyDocument(again.stdout)).toEqual({ run: 'cli-endless/2026-01-02', started: false, status: 'running' });
    await nightscore.client.cancel('cli-endless/2026-01-02');
  });

  it('refuses other parameters for a run that exists, says what differs, and waits for nothing', async () => {
    const start = (size: number) =>
      run('start', 'cli-sized', '--date', '2026-01-01', '--param', `size=${size}`, '--wait', '--json');
    const first = await start(1);
    expect(first.code).toBe(0);
    const other = await start(2);
    expect(other.code).toBe(2);
    expect(other.stderr).toContain('Run cli-sized/2026-01-01 exists already with other parameters');
    expect(other.stderr).toContain('params.size: 1 in the run, 2 asked for');
    expect((await run('start', 'cli-sized', '--date', '2026-01-01')).code).toBe(2);
  });

  it('says of a run that exists in what the file has changed since', async () => {
    await run('start', 'cli-changing', '--date', '2026-01-01', '--wait');
    const file = join(folder, 'cli-changing.yaml');
    const before = JSON.parse(await readFile(file, 'utf8')) as object;
    await writeFile(file, JSON.stringify({ ...before, timeout: '3h' }));
    const again = await run('start', 'cli-changing', '--date', '2026-01-01');
    expect(again).toMatchObject({ code: 0, stderr: '' });
    expect(again.stdout).toContain('It goes by an earlier definition than the file has now; they differ in timeout.');
    const document = onlyDocument((await run('start', 'cli-changing', '--date', '2026-01-01', '--json')).stdout);
    expect(document).toMatchObject({ definitionDifferences: [{ what: 'pipeline.timeout', asked: '3h' }] });
  });

  it('shows the run line by line in a pipe with --wait, and exits with 0 when it succeeded', async () => {
    const { code, stdout, stderr } = await run('start', 'cli-quick', '--date', '2026-01-03', '--wait');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^\d\d:\d\d:\d\d {2}cli-quick\/2026-01-03 {2}score {2}succeeded, 285 records$/m);
    expect(stdout).toMatch(/^Run cli-quick\/2026-01-03 succeeded in \d:\d\d\.$/m);
    expect(stdout).toContain('results of score: s3://nightscore-examples/test/tumor/2026-01-03/');
  });

  it('prints with --wait and --json the report alone to stdout, and progress to stderr', async () => {
    const { code, stdout, stderr } = await run('start', 'cli-quick', '--date', '2026-01-04', '--wait', '--json');
    expect(code).toBe(0);
    expect(onlyDocument(stdout)).toEqual(await nightscore.client.get('cli-quick/2026-01-04'));
    expect(stderr).toContain('cli-quick/2026-01-04  score  succeeded');
  });

  it('exits with 1 when the run failed, also when it had failed before', async () => {
    const line = ['start', 'cli-failing', '--date', '2026-01-05', '--wait'];
    const first = await run(...line);
    expect(first.code).toBe(1);
    expect(first.stdout).toContain('Run cli-failing/2026-01-05 failed');
    const again = await report(...line);
    expect(again).toMatchObject({ code: 1, report: { outcome: 'failed', steps: { score: { outcome: 'failed' } } } });
  });

  it('says on Ctrl-C that the run goes on, and lets it', async () => {
    const watching = startCommand(['start', 'cli-endless', '--date', '2026-01-06', '--wait'], options);
    await watching.says('score  queued');
    watching.process.kill('SIGINT');
    expect(await watching.ended).toMatchObject({
      code: 130,
      stderr: '\nRun cli-endless/2026-01-06 goes on; see it again with: nightscore watch cli-endless/2026-01-06\n',
    });
    expect(await nightscore.client.get('cli-endless/2026-01-06')).not.toHaveProperty('outcome');
    await nightscore.client.cancel('cli-endless/2026-01-06');
  });
});

describe('get, list and watch', () => {
  beforeAll(async () => {
    for (const key of ['2026-02-01', '2026-02-02']) {
      await nightscore.run(pipeline('cli-seen', PIPELINES['cli-quick']), key);
    }
    await nightscore.run(pipeline('cli-seen', PIPELINES['cli-failing']), '2026-02-03');
  });

  it('get tells people and programs what is known of a run', async () => {
    const known = await nightscore.client.get('cli-seen/2026-02-01');
    expect(await report('get', 'cli-seen/2026-02-01')).toEqual({ code: 0, report: known });
    const { code, stdout } = await run('get', 'cli-seen/2026-02-01');
    expect(code).toBe(0);
    for (const text of ['outcome     succeeded', 'by client', known.steps['score']?.job?.id ?? 'no job', '285']) {
      expect(stdout).toContain(text);
    }
  });

  it('get exits with 0 also for a run that failed: it was got', async () => {
    expect(await report('get', 'cli-seen/2026-02-03')).toMatchObject({ code: 0, report: { outcome: 'failed' } });
  });

  it.each([
    { by: ['--pipeline', 'cli-seen'], keys: ['2026-02-03', '2026-02-02', '2026-02-01'] },
    { by: ['--pipeline', 'cli-seen', '--status', 'failed'], keys: ['2026-02-03'] },
    { by: ['--pipeline', 'cli-seen', '--key', '2026-02-02'], keys: ['2026-02-02'] },
    {
      by: ['--pipeline', 'cli-seen', '--service', AML, '--since', '1h'],
      keys: ['2026-02-03', '2026-02-02', '2026-02-01'],
    },
    { by: ['--pipeline', 'cli-seen', '--service', AFD], keys: [] },
    { by: ['--pipeline', 'cli-seen', '--since', '2100-01-01'], keys: [] },
    { by: ['--pipeline', 'cli-seen', '--limit', '1'], keys: ['2026-02-03'] },
  ])('list finds runs by $by', async ({ by, keys }) => {
    const { code, stdout } = await run('list', ...by, '--json');
    expect(code).toBe(0);
    expect((onlyDocument(stdout) as { key: string }[]).map(({ key }) => key)).toEqual(keys);
  });

  it('list finds the run of a job, and shows it to people as a table', async () => {
    const { steps } = await nightscore.client.get('cli-seen/2026-02-02');
    const { stdout } = await run('list', '--job', steps['score']?.job?.id ?? '');
    expect(stdout).toMatch(/^RUN +STATUS +STARTED +TOOK\ncli-seen\/2026-02-02 +succeeded +\S+ \S+ +\d:\d\d\n$/);
  });

  it('list says when there is more to see, and when there is nothing', async () => {
    expect((await run('list', '--pipeline', 'cli-seen', '--limit', '2')).stderr).toContain('--limit');
    expect((await run('list', '--pipeline', 'nobodys')).stdout).toBe('No runs match.\n');
  });

  it.each([
    { key: '2026-02-01', code: 0 },
    { key: '2026-02-03', code: 1 },
  ])('watch exits by the outcome of the run: $code', async ({ key, code }) => {
    expect((await run('watch', `cli-seen/${key}`)).code).toBe(code);
  });
});

describe('cancel', () => {
  it('waits for what becomes of the jobs with --wait, and exits with 3', async () => {
    await run('start', 'cli-endless', '--date', '2026-03-01');
    await nightscore.until('cli-endless/2026-03-01', ({ steps }) => steps['score']?.job !== undefined);
    expect(await report('cancel', 'cli-endless/2026-03-01', '--wait')).toMatchObject({
      code: 3,
      report: { outcome: 'cancelled', steps: { score: { outcome: 'stopped', job: { stoppedBy: 'us' } } } },
    });
  });

  it('says what it asked for, or that there is nothing to cancel any more', async () => {
    await run('start', 'cli-endless', '--date', '2026-03-02');
    const first = await run('cancel', 'cli-endless/2026-03-02', '--json');
    expect(first.code).toBe(0);
    expect(onlyDocument(first.stdout)).toEqual({
      run: 'cli-endless/2026-03-02',
      cancelRequested: true,
      status: 'running',
    });
    await nightscore.ended('cli-endless/2026-03-02');
    const again = await run('cancel', 'cli-endless/2026-03-02');
    expect(again).toMatchObject({ code: 0, stderr: '' });
    expect(again.stdout).toBe(
      'Run cli-endless/2026-03-02 has ended already (cancelled); there is nothing to cancel.\n',
    );
  });
});
