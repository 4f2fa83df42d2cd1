import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { NightscoreClient } from '../../src/client/nightscore-client.ts';
import { startSimulator, type Simulator } from '../../src/simulator/simulator.ts';
import { startLocalServer, type LocalServer } from '../../src/temporal/local-server.ts';
import { jobStep, pipeline } from '../support/example-pipelines.ts';

const PROJECT = resolve(import.meta.dirname, '../..');
const KEY = '2026-11-20';

/** The commit before this one; none in a clone that holds only the last. */
function commitBefore(): string | undefined {
  try {
    return execFileSync('git', ['rev-parse', '--verify', '--quiet', 'HEAD~1'], {
      cwd: PROJECT,
      encoding: 'utf8',
    }).trim();
  } catch {
    return undefined;
  }
}

const before = commitBefore();
const folder = mkdtempSync(join(tmpdir(), 'nightscore-upgrade-'));
let server: LocalServer;
let simulator: Simulator;
let client: NightscoreClient;

beforeAll(async () => {
  server = await startLocalServer({ uiPort: 'none' });
  simulator = await startSimulator({ folder: join(folder, 'simulator'), speed: 20 });
  const connection = await Connection.connect({ address: server.address });
  client = new NightscoreClient({ client: new Client({ connection }) });
});
afterAll(async () => {
  await simulator.close();
  await server.stop();
  rmSync(folder, { recursive: true });
});

/** The project as it was at a commit, built with the dependencies of today. */
function build(commit: string): string {
  const project = join(folder, 'before');
  mkdirSync(project);
  const archive = execFileSync('git', ['archive', commit], { cwd: PROJECT, maxBuffer: 2 ** 30 });
  execFileSync('tar', ['-x', '-C', project], { input: archive });
  symlinkSync(join(PROJECT, 'node_modules'), join(project, 'node_modules'));
  execFileSync('npm', ['run', 'build'], { cwd: project, stdio: 'pipe' });
  return project;
}

function startWorker(project: string): ChildProcess {
  const env = {
    ...process.env,
    TEMPORAL_ADDRESS: server.address,
    AWS_ENDPOINT_URL: simulator.endpoint,
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'upgrade',
    AWS_SECRET_ACCESS_KEY: 'upgrade',
    NIGHTSCORE_POLL_INTERVAL: '1s',
    NIGHTSCORE_HEARTBEAT_TIMEOUT: '5s',
    NIGHTSCORE_LOG_LEVEL: 'warn',
  };
  return spawn(process.execPath, [join(project, 'bin', 'nightscore.js'), 'worker'], { env, stdio: 'ignore' });
}

async function ended(run: string) {
  for await (const report of client.watch(run)) if (report.outcome !== undefined) return report;
  throw new Error(`Run ${run} was not followed to its end`);
}

test.skipIf(before === undefined)(
  'runs that the worker of the commit before began end on the worker of this one',
  async () => {
    const old = startWorker(build(before ?? ''));
    const copy = {
      uses: 's3/copy',
      needs: ['score'],
      with: { from: '${{ steps.score.outputUri }}', to: 's3://nightscore-examples/upgraded/' },
    };
    const steps = { score: jobStep('machine-learning/batch-prediction'), publish: copy };
    const names = ['upgrade-one', 'upgrade-two', 'upgrade-three'];
    const runs = await Promise.all(names.map((name) => client.start({ pipeline: pipeline(name, steps), key: KEY })));
    for (const { run } of runs) {
      for await (const { steps: seen } of client.watch(run)) if (seen['score']?.job) break;
    }
    old.kill('SIGKILL');
    await once(old, 'exit');
    const now = startWorker(PROJECT);
    const reports = await Promise.all(runs.map(({ run }) => ended(run)));
    now.kill('SIGTERM');
    await once(now, 'exit');
    expect(reports).toMatchObject(names.map(() => ({ outcome: 'succeeded', steps: { score: { attempt: 1 } } })));
  },
);
