/**
 * Whether the API keeps up with many starts: 200 a second for 10 seconds, with `serve` on one core beside the local Temporal server.
 *
 *   npm run bench:starts -- [starts a second] [seconds]
 *
 * Fails when a start was answered with 5xx, was lost or was doubled. Needs `taskset` for the one core; without it, `serve` has all.
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { Agent, request, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import pMap from 'p-map';
import { NightscoreClient } from '../src/client/nightscore-client.ts';
import { tryPort } from '../src/temporal/free-port.ts';
import { startLocalServer } from '../src/temporal/local-server.ts';
import { ensureSearchAttributes } from '../src/temporal/search-attributes.ts';

const rate = Number(process.argv[2] ?? 200);
const seconds = Number(process.argv[3] ?? 10);
const total = rate * seconds;
/** Every tenth start is asked for twice, as by a caller who got no answer. */
const REPEATED = 10;

interface Answer {
  key: string;
  status: number;
  ms: number;
}

const folder = await mkdtemp(join(tmpdir(), 'nightscore-bench-'));
await writeFile(
  join(folder, 'starts.yaml'),
  `name: starts
period: none
params:
  bucket: { type: string, default: nightscore-examples }
steps:
  score:
    uses: machine-learning/batch-prediction
    with:
      MLModelId: ml-tumor-screening
      BatchPredictionDataSourceId: ds-tumor-screening
      OutputUri: s3://\${{ params.bucket }}/starts/\${{ run.key }}/
  publish:
    uses: s3/copy
    needs: [score]
    with: { from: "\${{ steps.score.outputUri }}", to: "s3://nightscore-examples/latest/" }
`,
);
const temporal = await startLocalServer({ uiPort: 'none' });
const connection = await Connection.connect({ address: temporal.address });
await ensureSearchAttributes(connection, 'default');
const nightscore = new NightscoreClient({ client: new Client({ connection }) });
const port = await tryPort('127.0.0.1');
const server = startServe();
const agent = new Agent({ keepAlive: true, maxSockets: 128 });
try {
  await untilReady(server);
  for (let index = 0; index < 20; index += 1) await start(`warm-${index}`);
  const before = await processorSeconds(server);
  const answers = await startAll();
  const used = (await processorSeconds(server)) - before;
  await report(answers, used);
} finally {
  agent.destroy();
  server.kill('SIGTERM');
  await once(server, 'exit');
  await connection.close();
  await temporal.stop();
  await rm(folder, { recursive: true });
}

function startServe(): ChildProcess {
  const command = ['bin/nightscore.js', 'serve', '--no-auth', '--rate', '1000000', '--port', String(port)];
  const pinned = spawnSync('taskset', ['--version']).status === 0 ? ['taskset', '-c', '0'] : [];
  const [program = process.execPath, ...args] = [...pinned, process.execPath, ...command];
  const env = {
    ...process.env,
    TEMPORAL_ADDRESS: temporal.address,
    NIGHTSCORE_PIPELINES: folder,
    NIGHTSCORE_TASK_QUEUE: 'nobody-works-here',
  };
  return spawn(program, args, { env, stdio: ['ignore', 'ignore', 'pipe'] });
}

async function untilReady(child: ChildProcess): Promise<void> {
  for (let said = ''; !said.includes('The API is ready');) {
    const [chunk] = (await once(child.stderr ?? child, 'data')) as unknown[];
    said += String(chunk);
  }
  child.stderr?.resume();
}

/** By the kernel's own count, in which a second has a hundred ticks. */
async function processorSeconds({ pid }: ChildProcess): Promise<number> {
  const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).replace(/^.*\) /, '').split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** Sends at a steady rate, whether earlier ones were answered or not. */
async function startAll(): Promise<Answer[]> {
  const begun = performance.now();
  const asking: Promise<Answer>[] = [];
  for (let index = 0; index < total; index += 1) {
    const due = begun + (index * 1000) / rate;
    if (due > performance.now()) await delay(due - performance.now());
    const key = `run-${index}`;
    asking.push(start(key));
    if (index % REPEATED === 0) asking.push(start(key));
  }
  return Promise.all(asking);
}

async function start(key: string): Promise<Answer> {
  const begun = performance.now();
  const status = await post(JSON.stringify({ key })).catch(() => 0);
  return { key, status, ms: performance.now() - begun };
}

async function post(body: string): Promise<number> {
  const sent = request({
    agent,
    port,
    host: '127.0.0.1',
    method: 'POST',
    path: '/v1/pipelines/starts/runs',
    headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
  }).end(body);
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  response.resume();
  await once(response, 'end');
  return response.statusCode ?? 0;
}

/** By the run itself: a list may lag behind. */
async function isThere(run: string): Promise<boolean> {
  return (await nightscore.standing(run)) !== undefined;
}

async function report(answers: readonly Answer[], used: number): Promise<void> {
  const count = (wanted: (status: number) => boolean) => answers.filter(({ status }) => wanted(status)).length;
  const times = answers.map(({ ms }) => ms).toSorted((one, other) => one - other);
  const percentile = (share: number) => (times[Math.floor(times.length * share)] ?? 0).toFixed(0);
  const startedTwice = new Map<string, number>();
  for (const { key, status } of answers) if (status === 201) startedTwice.set(key, (startedTwice.get(key) ?? 0) + 1);
  const doubled = [...startedTwice.values()].filter((times201) => times201 > 1).length;
  const runs = [...new Set(answers.map(({ key }) => `starts/${key}`))];
  const lost = (await pMap(runs, isThere, { concurrency: 16 })).filter((there) => !there).length;
  const failed = count((status) => status >= 500 || status === 0);
  const lines = [
    `sent        ${answers.length}, ${answers.length - total} of them repeated, in ${seconds} s`,
    `started     ${count((status) => status === 201)} (201), found ${count((status) => status === 200)} (200)`,
    `5xx         ${failed}`,
    `lost        ${lost}`,
    `doubled     ${doubled}`,
    `processor   ${((used * 1000) / answers.length).toFixed(2)} ms of serve for each`,
    `answered    p50 ${percentile(0.5)} ms, p99 ${percentile(0.99)} ms`,
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
  const right = failed === 0 && lost === 0 && doubled === 0 && count((status) => status === 201) === total;
  process.exitCode = right ? 0 : 1;
}
