/**
 * What a worker costs while it awaits many jobs: memory and processor time, against the same worker with nothing to do.
 *
 *   npm run bench -- [jobs]
 *
 * Starts a local Temporal server, the simulator and a worker, each a process of its own, and runs of one Amazon ML job each.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { NightscoreClient } from '../src/client/nightscore-client.ts';
import { loadPipelineFile } from '../src/pipeline-files.ts';
import { startSimulator } from '../src/simulator/simulator.ts';
import { startLocalServer } from '../src/temporal/local-server.ts';

const jobs = Number(process.argv[2] ?? 500);
const SECONDS_WATCHED = 30;

const folder = await mkdtemp(join(tmpdir(), 'nightscore-bench-'));
const server = await startLocalServer({ uiPort: 'none' });
const simulator = await startSimulator({ folder, speed: 1 });
const worker = startWorkerProcess(server.address, simulator.endpoint);
try {
  const connection = await Connection.connect({ address: server.address });
  const client = new NightscoreClient({ client: new Client({ connection }) });
  await untilReady(worker);
  const idle = await usage(worker, 5);
  const pipeline = await loadPipelineFile('examples/pipelines/tumor-screening.yaml');
  const startedAt = Date.now();
  const day = (index: number) => new Date(Date.UTC(2026, 0, 1 + index)).toISOString().slice(0, 10);
  for (let index = 0; index < jobs; index += 1) await client.start({ pipeline, key: day(index) });
  await untilSubmitted(simulator.endpoint, jobs);
  const secondsToStart = (Date.now() - startedAt) / 1000;
  const callsBefore = await countCalls(simulator.endpoint);
  const busy = await usage(worker, SECONDS_WATCHED);
  const calls = (await countCalls(simulator.endpoint)) - callsBefore;
  print(`jobs in flight       ${jobs}, started in ${secondsToStart.toFixed(1)} s`);
  print(
    `worker memory        ${busy.megabytes.toFixed(0)} MB, idle ${idle.megabytes.toFixed(0)} MB (ratio ${(busy.megabytes / idle.megabytes).toFixed(2)})`,
  );
  print(`worker processor     ${(busy.share * 100).toFixed(1)} % of a core, idle ${(idle.share * 100).toFixed(1)} %`);
  print(
    `AWS calls            ${calls} in ${SECONDS_WATCHED} s, ${(calls / SECONDS_WATCHED / jobs).toFixed(4)} a second and job`,
  );
  await connection.close();
} finally {
  worker.kill('SIGKILL');
  await simulator.close();
  await server.stop();
  await rm(folder, { recursive: true });
}

function startWorkerProcess(address: string, endpoint: string): ChildProcess {
  const env = {
    ...process.env,
    TEMPORAL_ADDRESS: address,
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'bench',
    AWS_SECRET_ACCESS_KEY: 'bench',
    NIGHTSCORE_PIPELINES: 'examples/pipelines',
    NIGHTSCORE_POLL_INTERVAL: '10s',
  };
  return spawn(process.execPath, ['bin/nightscore.js', 'worker'], { env, stdio: ['ignore', 'ignore', 'pipe'] });
}

async function untilReady(child: ChildProcess): Promise<void> {
  for await (const [chunk] of events(child)) if (String(chunk).includes('The worker is ready')) return;
}

async function* events(child: ChildProcess): AsyncGenerator<unknown[]> {
  for (;;) yield (await once(child.stderr ?? child, 'data')) as unknown[];
}

async function untilSubmitted(endpoint: string, count: number): Promise<void> {
  for (;;) {
    const response = await fetch(`${endpoint}/_simulator/jobs`);
    if (((await response.json()) as unknown[]).length >= count) return;
    await delay(200);
  }
}

async function countCalls(endpoint: string): Promise<number> {
  const response = await fetch(`${endpoint}/_simulator/ledger?service=machine-learning`);
  return ((await response.json()) as unknown[]).length;
}

/** Resident memory at the end, and the share of a core used over some seconds, by the kernel's own count. */
async function usage(child: ChildProcess, seconds: number): Promise<{ megabytes: number; share: number }> {
  const before = await ticks(child);
  await delay(seconds * 1000);
  const share = ((await ticks(child)) - before) / 100 / seconds;
  const status = await readFile(`/proc/${child.pid}/status`, 'utf8');
  const kilobytes = Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]);
  return { megabytes: kilobytes / 1024, share };
}

async function ticks(child: ChildProcess): Promise<number> {
  const fields = (await readFile(`/proc/${child.pid}/stat`, 'utf8')).replace(/^.*\) /, '').split(' ');
  return Number(fields[11]) + Number(fields[12]);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
