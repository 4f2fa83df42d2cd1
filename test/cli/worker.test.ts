import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { simulateAws, type SimulatedAws } from '../support/simulated-aws.ts';
import { nightscore, onlyDocument, startCommand } from './command.ts';

let folder: string;
let aws: SimulatedAws;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nightscore-worker-'));
  aws = await simulateAws();
});
afterAll(async () => {
  await aws.close();
  await rm(folder, { recursive: true });
});

it('a worker runs what is started, logs lines of JSON, and ends well when it is told to', async () => {
  const env = {
    TEMPORAL_ADDRESS: inject('temporalAddress'),
    NIGHTSCORE_TASK_QUEUE: `worker-${randomUUID()}`,
    NIGHTSCORE_POLL_INTERVAL: '1s',
    AWS_ENDPOINT_URL: aws.endpoint,
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'not-a-secret',
  };
  const worker = startCommand(['worker'], { env });
  const [first] = (await once(createInterface(worker.process.stderr!), 'line')) as [string];
  expect(JSON.parse(first)).toMatchObject({
    msg: 'The worker is ready',
    address: env.TEMPORAL_ADDRESS,
    taskQueue: env.NIGHTSCORE_TASK_QUEUE,
    region: 'eu-west-1',
  });

  // A day that no other test takes at the server that all share.
  const line = ['start', 'examples/pipelines/tumor-screening.yaml', '--date', '1999-12-31', '--wait', '--json'];
  const { code, stdout } = await nightscore(line, { env });
  expect(code).toBe(0);
  expect(onlyDocument(stdout)).toMatchObject({
    outcome: 'succeeded',
    run: { trigger: expect.stringMatching(/^cli \(/) as unknown },
  });

  worker.process.kill('SIGTERM');
  const ended = await worker.ended;
  expect(ended).toMatchObject({ code: 0, stdout: '' });
  const entries = ended.stderr
    .trimEnd()
    .split('\n')
    .map((text) => JSON.parse(text) as { msg: string });
  expect(entries.map(({ msg }) => msg)).toContain('Run ended');
  expect(ended.stderr).not.toContain('not-a-secret');
});
