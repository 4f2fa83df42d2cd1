import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startCommand, type CommandOptions } from '../cli/command.ts';

/** Where the demo makes its folder. */
let temporary: string;
let options: CommandOptions;

/** What a user may have set for other ends, all of it wrong for the demo. */
const HOSTILE = {
  AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
  AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:9',
  AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true',
  AWS_PROFILE: 'nobody',
  AWS_CONFIG_FILE: '/nowhere',
  AWS_REGION: 'mars-north-1',
  AWS_USE_FIPS_ENDPOINT: 'true',
  AWS_MAX_ATTEMPTS: 'many',
  AWS_RETRY_MODE: 'sometimes',
  AWS_SESSION_TOKEN: 'expired',
  TEMPORAL_ADDRESS: 'temporal.example.com:7233',
  TEMPORAL_NAMESPACE: 'night',
  TEMPORAL_API_KEY: 'a key',
  TEMPORAL_PROFILE: 'nobody',
  TEMPORAL_CONFIG_FILE: '/nowhere',
  TEMPORAL_TLS: 'true',
  NIGHTSCORE_PIPELINES: '/nowhere',
  NIGHTSCORE_TASK_QUEUE: 'mine',
  NIGHTSCORE_POLL_INTERVAL: 'often',
  NIGHTSCORE_MAX_JOBS: '-1',
  NIGHTSCORE_LOG_LEVEL: 'loud',
  http_proxy: 'http://127.0.0.1:9',
  https_proxy: 'http://127.0.0.1:9',
};

beforeEach(async () => {
  temporary = await mkdtemp(join(tmpdir(), 'nightscore-demo-test-'));
  options = { cwd: temporary, env: { TMPDIR: temporary } };
});
afterEach(() => rm(temporary, { recursive: true }));

/** Processes with the demo's folder in their command line, and what is left of the folder. */
async function leftovers(): Promise<string[]> {
  const { stdout } = await promisify(execFile)('ps', ['-eo', 'pid,args']);
  return [...stdout.split('\n').filter((line) => line.includes(temporary)), ...(await readdir(temporary))];
}

it('runs the examples in a pipe, says what became of each job, and leaves nothing, whatever is set', async () => {
  const { code, stdout, stderr } = await startCommand(['demo'], { ...options, env: { ...HOSTILE, TMPDIR: temporary } })
    .ended;
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  for (const step of [
    'tumor-screening/\\S+ score',
    'card-payments/\\S+ score',
    'film-recommendations/\\S+ recommend',
    'film-recommendations/\\S+ segment',
  ]) {
    expect(stdout).toMatch(new RegExp(`^${step} {2}succeeded$`, 'm'));
  }
  expect(stdout).toMatch(/^ {2}AUC +0\.99\d\d against the true labels$/m);
  expect(stdout).toMatch(/^ {2}AWS calls +.*\b1 CreateBatchPrediction\b/m);
  expect(stdout).toMatch(/^ {2}results +s3:\/\/nightscore-examples\/\S+-biopsies\.csv\.gz\n {13}bestAnswer,score$/m);
  expect(stdout).toContain('expected end');
  expect(stdout).toMatch(/Everything succeeded, in \d:\d\d in all/);
  expect(stdout).not.toContain('\u001b');
  expect(await leftovers()).toEqual([]);
});

it('leaves nothing after Ctrl-C either', async () => {
  const demo = startCommand(['demo'], options);
  await demo.says('score  queued');
  demo.process.kill('SIGINT');
  expect((await demo.ended).code).toBe(130);
  expect(await leftovers()).toEqual([]);
});

it('leaves nothing when nobody reads on', async () => {
  const demo = startCommand(['demo'], options);
  await demo.says('score  queued');
  demo.process.stdout?.destroy();
  expect((await demo.ended).code).toBe(141);
  expect(await leftovers()).toEqual([]);
});
