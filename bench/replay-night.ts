/**
 * What it takes to replay a whole night by one command: time and memory of the command, and jobs that are paid for.
 *
 *   npm run bench:replay -- [runs]
 *
 * Starts a local Temporal server, the simulator and a worker, lets every run fail at the gate of its second job, and replays all of them. The first tenth of the
 * runs is a night of its own, replayed before, to compare with. Fails when a run is not replayed, a job is paid for that need not be, or memory grows with the
 * night.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import pMap from 'p-map';
import { NightscoreClient } from '../src/client/nightscore-client.ts';
import { startSimulator } from '../src/simulator/simulator.ts';
import { startLocalServer } from '../src/temporal/local-server.ts';
import { jobStep, pipeline } from '../test/support/example-pipelines.ts';

const AML = 'machine-learning/batch-prediction';
const runs = Number(process.argv[2] ?? 300);
/** How much more memory a night may take than its tenth. */
const MOST_MEMORY = 3;
const LOOK_INTERVAL_MS = 100;

const folder = await mkdtemp(join(tmpdir(), 'nightscore-bench-'));
const server = await startLocalServer({ uiPort: 'none' });
const simulator = await startSimulator({ folder, speed: 300 });
const environment = {
  ...process.env,
  TEMPORAL_ADDRESS: server.address,
  NIGHTSCORE_CACHE: join(folder, 'cache'),
  NIGHTSCORE_POLL_INTERVAL: '1s',
};
const worker = startWorker();
try {
  const connection = await Connection.connect({ address: server.address });
  const client = new NightscoreClient({ client: new Client({ connection }) });
  const small = await measureNight(client, '2026-11-18', Math.ceil(runs / 10));
  const large = await measureNight(client, '2026-11-19', runs);
  const ratio = large.megabytes / small.megabytes;
  print(
    `memory of the command: ${large.megabytes.toFixed(0)} MB, ${ratio.toFixed(2)} times that of a night of a tenth`,
  );
  if (ratio > MOST_MEMORY) process.exitCode = 1;
  await connection.close();
} finally {
  worker.kill('SIGKILL');
  await simulator.close();
  await server.stop();
  await rm(folder, { recursive: true });
}

/** Lets a night fail and replays it. */
async function measureNight(client: NightscoreClient, key: string, count: number): Promise<{ megabytes: number }> {
  const steps = { score: jobStep(AML), check: jobStep(AML, { needs: ['score'], gate: { minRecords: 1_000_000 } }) };
  const names = Array.from({ length: count }, (_, index) => `night-${index}`);
  const night = await pMap(names, (name) => client.start({ pipeline: pipeline(name, steps), key }), {
    concurrency: 20,
  });
  for (const { run } of night) await ended(client, run);
  const createsBefore = await creates();
  const startedAt = performance.now();
  const args = ['bin/nightscore.js', 'replay', '--where', `period=${key} outcome=failed`, '--yes', '--rate', '50'];
  const command = spawn(process.execPath, args, { env: environment, stdio: ['ignore', 'pipe', 'inherit'] });
  let stdout = '';
  command.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  let megabytes = 0;
  const looking = setInterval(() => (megabytes = Math.max(megabytes, peakMegabytes(command.pid))), LOOK_INTERVAL_MS);
  await once(command, 'close');
  clearInterval(looking);
  const seconds = (performance.now() - startedAt) / 1000;
  for (const { run } of night) await ended(client, run);
  const paid = (await creates()) - createsBefore;
  const summary = stdout.trim().split('\n').at(-1) ?? '';
  print(`${count} runs: ${summary} ${seconds.toFixed(1)} s, ${megabytes.toFixed(0)} MB, ${paid} jobs paid for again`);
  const isRight = command.exitCode === 0 && paid === count && summary.startsWith(`Replayed ${count} run`);
  if (!isRight) process.exitCode = 1;
  return { megabytes };
}

/** The most memory that a process has had so far, as Linux tells it; 0 once it is gone. */
function peakMegabytes(pid: number | undefined): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

async function ended(client: NightscoreClient, run: string): Promise<void> {
  for await (const { outcome } of client.watch(run, { intervalMs: 200 })) if (outcome !== undefined) return;
}

async function creates(): Promise<number> {
  const response = await fetch(`${simulator.endpoint}/_simulator/ledger`);
  const calls = (await response.json()) as { operation: string; status: number }[];
  return calls.filter(({ operation, status }) => operation.startsWith('Create') && status === 200).length;
}

function startWorker(): ChildProcess {
  const env = {
    ...environment,
    AWS_ENDPOINT_URL: simulator.endpoint,
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'bench',
    AWS_SECRET_ACCESS_KEY: 'bench',
    NIGHTSCORE_LOG_LEVEL: 'error',
  };
  return spawn(process.execPath, ['bin/nightscore.js', 'worker'], { env, stdio: ['ignore', 'ignore', 'inherit'] });
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
