import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RunReport } from '../../src/pipeline/report.ts';
import { startSimulator } from '../../src/simulator/simulator.ts';
import { tryPort } from '../../src/temporal/free-port.ts';
import { startLocalServer } from '../../src/temporal/local-server.ts';
import { nightscore, onlyDocument, startCommand, type RunningCommand } from '../cli/command.ts';
import { jobStep, pipeline } from '../support/example-pipelines.ts';

const RUN = 'dev-night/2026-11-20';

let folder: string;
let ports: { temporal: number; webUi: number; simulator: number; api: number };
const started: RunningCommand[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nightscore-dev-'));
  const night = pipeline('dev-night', { score: jobStep('fraud-detector/batch-prediction') });
  await writeFile(join(folder, 'dev-night.yaml'), JSON.stringify(night));
  ports = await freePorts();
});
afterEach(async () => {
  for (const { process, ended } of started.splice(0)) {
    process.kill('SIGKILL');
    await ended;
  }
  await rm(folder, { recursive: true, maxRetries: 10, retryDelay: 500 });
});

async function freePorts(): Promise<typeof ports> {
  const [temporal = 0, webUi = 0, simulator = 0, api = 0] = await Promise.all(
    [1, 2, 3, 4].map(() => tryPort('127.0.0.1')),
  );
  return { temporal, webUi, simulator, api };
}

/** Starts `dev` in the folder, at a speed at which the job takes some 15 s, and waits until it is ready. */
async function startDev(env: Record<string, string> = {}): Promise<RunningCommand> {
  const dev = startCommand(devLine(), { cwd: folder, env });
  started.push(dev);
  await dev.says('Ctrl-C stops');
  return dev;
}

function devLine(): string[] {
  const options = [
    '--port',
    ports.temporal,
    '--ui-port',
    ports.webUi,
    '--simulator-port',
    ports.simulator,
    '--api-port',
    ports.api,
  ].map(String);
  return ['dev', '--speed', '20', ...options];
}

function run(...args: string[]) {
  return nightscore(args, { cwd: folder, env: { TEMPORAL_ADDRESS: `127.0.0.1:${ports.temporal}` } });
}

async function report(...args: string[]): Promise<RunReport> {
  return onlyDocument((await run(...args, '--json')).stdout) as RunReport;
}

/** Starts the run and waits until its job exists. */
async function startRun(): Promise<string> {
  expect(await run('start', './dev-night.yaml', '--date', '2026-11-20')).toMatchObject({ code: 0 });
  let job: string | undefined;
  await expect
    .poll(async () => (job = (await report('get', RUN)).steps['score']?.job?.id), { timeout: 30_000 })
    .toBeDefined();
  return job ?? '';
}

/** How often the job was created, in the whole life of the folder. */
async function creates(job: string): Promise<number> {
  const ledger = await readFile(join(folder, '.nightscore/simulator/state/ledger.jsonl'), 'utf8');
  const calls = ledger
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { operation: string; job?: string });
  return calls.filter((call) => call.operation === 'CreateBatchPredictionJob' && call.job === job).length;
}

/** Processes that have the folder's data in their command line: the Temporal server and its supervisor. */
async function processesOfFolder(): Promise<string> {
  const { stdout } = await promisify(execFile)('ps', ['-eo', 'pid,args']);
  return stdout
    .split('\n')
    .filter((line) => line.includes(join(folder, '.nightscore')))
    .join('\n');
}

describe('a second dev in the same folder goes on with what was running', () => {
  it('when the first was stopped by Ctrl-C', async () => {
    const first = await startDev();
    const job = await startRun();
    first.process.kill('SIGINT');
    expect(await first.ended).toMatchObject({ code: 0 });
    expect(await processesOfFolder()).toBe('');

    await startDev();
    expect((await run('watch', RUN)).code).toBe(0);
    expect(await report('get', RUN)).toMatchObject({
      outcome: 'succeeded',
      steps: { score: { attempt: 1, job: { id: job } } },
    });
    expect(await creates(job)).toBe(1);
  });

  it('when the first was killed, which leaves nothing running', async () => {
    const first = await startDev();
    const job = await startRun();
    first.process.kill('SIGKILL');
    await first.ended;
    await expect.poll(processesOfFolder, { timeout: 20_000 }).toBe('');

    await startDev();
    expect((await run('watch', RUN)).code).toBe(0);
    expect(await report('get', RUN)).toMatchObject({
      outcome: 'succeeded',
      steps: { score: { attempt: 1, job: { id: job } } },
    });
    expect(await creates(job)).toBe(1);
  });
});

describe('dev', () => {
  it('uses a Temporal and a stand-in for AWS that run on this machine already, and keeps nothing of its own then', async () => {
    const server = await startLocalServer({ uiPort: 'none' });
    const simulator = await startSimulator({ folder: join(folder, 'other'), speed: 600 });
    try {
      const dev = await startDev({ TEMPORAL_ADDRESS: server.address, AWS_ENDPOINT_URL: simulator.endpoint });
      expect(dev.stdout()).toContain(`Temporal     ${server.address} (from TEMPORAL_ADDRESS), namespace default\n`);
      expect(dev.stdout()).toContain(`AWS          ${simulator.endpoint} (from AWS_ENDPOINT_URL) in eu-west-1\n`);
      const line = ['start', './dev-night.yaml', '--date', '2026-11-20', '--wait'];
      const env = { TEMPORAL_ADDRESS: server.address };
      expect(await nightscore(line, { cwd: folder, env })).toMatchObject({ code: 0 });
      const jobs = await fetch(`${simulator.endpoint}/_simulator/jobs`);
      expect(await jobs.json()).toMatchObject([{ state: 'succeeded' }]);
      dev.process.kill('SIGTERM');
      expect(await dev.ended).toMatchObject({ code: 0 });
      expect(existsSync(join(folder, '.nightscore'))).toBe(false);
    } finally {
      await simulator.close();
      await server.stop();
    }
  });

  it('calls no real account, whatever the variables say, and says so', async () => {
    const dev = await startDev({
      AWS_ENDPOINT_URL: 'https://sts.amazonaws.com',
      AWS_ENDPOINT_URL_FRAUDDETECTOR: 'https://frauddetector.eu-west-1.amazonaws.com',
      AWS_PROFILE: 'production',
      AWS_ACCESS_KEY_ID: 'AKIAREAL',
      AWS_SECRET_ACCESS_KEY: 'real',
    });
    expect(dev.stdout()).toContain('Ignored      AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_FRAUDDETECTOR;');
    const job = await startRun();
    expect(await creates(job)).toBe(1);
  });

  it('ends under a run that somebody waits for, who is told that Temporal is gone but the run is not', async () => {
    const dev = await startDev();
    const env = { TEMPORAL_ADDRESS: `127.0.0.1:${ports.temporal}` };
    const waiting = startCommand(['start', './dev-night.yaml', '--date', '2026-11-20', '--wait'], { cwd: folder, env });
    await waiting.says('score  ');
    dev.process.kill('SIGINT');
    const ended = await waiting.ended;
    expect(ended.code).toBe(4);
    expect(ended.stderr).toMatch(/^nightscore: Temporal does not answer any more \(.*\)\. Its runs go on when it does/);
  });

  it('is refused where another one runs, by its ports or by its folder', async () => {
    await startDev();
    const onItsPorts = await nightscore(devLine(), { cwd: folder });
    expect(onItsPorts).toMatchObject({ code: 2, stdout: '' });
    expect(onItsPorts.stderr).toContain(`Port ${ports.temporal} is taken`);
    ports = await freePorts();
    const inItsFolder = await nightscore(devLine(), { cwd: folder });
    expect(inItsFolder).toMatchObject({ code: 4, stdout: '' });
    expect(inItsFolder.stderr).toMatch(/temporal\.db is in use by process \d+/);
  });
});
