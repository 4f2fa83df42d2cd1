import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import { startSimulator } from '../../src/simulator/simulator.ts';
import { withSettings } from './account-resources.ts';
import { makeFolder, signatureHeaders, startTestSimulator } from './test-simulator.ts';
import type { TestSimulator, TestSimulatorOptions } from './test-simulator.ts';

const OBJECTS = { 'acme/in/customers.csv': 'id,months,plan,active\nc1,1,free,1\nc2,many,free,1\n' };
const CREATE = 'AmazonML_20141212.CreateBatchPrediction';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function start(options: TestSimulatorOptions = {}): Promise<TestSimulator> {
  const simulator = await startTestSimulator({ objects: OBJECTS, ...options });
  closing.push(() => simulator.close());
  return simulator;
}

async function folderWith(options: TestSimulatorOptions = {}): Promise<string> {
  const folder = await makeFolder({ objects: OBJECTS, ...options });
  closing.push(() => rm(folder, { recursive: true }));
  return folder;
}

const request = (BatchPredictionId: string) => ({
  BatchPredictionId,
  MLModelId: 'ml-churn',
  BatchPredictionDataSourceId: 'ds-customers',
  OutputUri: 's3://acme/out/',
});

/** Jobs that are in flight for half a second. */
const IN_FLIGHT = {
  resources: withSettings({ machineLearning: { timing: { queuedSeconds: 0.1, fixedSeconds: 0.4 } } }),
  speed: 1,
};

describe('a restart in the same folder', () => {
  test('goes on with a job in flight, and knows its id and its creation', async () => {
    const simulator = await start(IN_FLIGHT);
    await simulator.call(CREATE, request('bp'));
    const created = (await simulator.jobs())[0];
    await simulator.restart(1);
    expect(await simulator.jobs()).toMatchObject([{ id: 'bp', createdAt: expect.any(String) }]);
    const again = await simulator.call(CREATE, { ...request('bp'), OutputUri: 's3://acme/other/' });
    expect(again.json.__type).toBe('IdempotentParameterMismatchException');
    const ended = await simulator.ended('bp');
    expect(ended).toMatchObject({ state: 'succeeded', records: { total: 2, invalid: 1 } });
    expect(ended).toMatchObject({ createdAt: (created as unknown as { createdAt: string }).createdAt });
    expect(await simulator.read(ended.output[0] ?? '')).not.toHaveLength(0);
  });

  test('goes on with a job whose records are scored already, without a change to its results', async () => {
    const simulator = await start(IN_FLIGHT);
    await simulator.call(CREATE, request('bp'));
    await expect.poll(async () => (await simulator.jobs())[0]?.output, { interval: 5 }).toHaveLength(2);
    await simulator.restart(1);
    expect(await simulator.ended('bp')).toMatchObject({ state: 'succeeded', records: { total: 2, invalid: 1 } });
    await expect.poll(() => readdir(join(simulator.folder, 'state', 'work'))).toEqual([]);
  });

  test('remembers the ledger, and counts on', async () => {
    const simulator = await start();
    await simulator.call('AmazonML_20141212.GetMLModel', { MLModelId: 'ml-churn' });
    await simulator.restart();
    await simulator.call('AmazonML_20141212.GetMLModel', { MLModelId: 'nothing' });
    expect(await simulator.ledger()).toMatchObject([
      { seq: 1, status: 200 },
      { seq: 2, status: 404, errorCode: 'ResourceNotFoundException' },
    ]);
  });

  test('after a kill -9 has lost nothing that a client was told', async () => {
    const folder = await folderWith(IN_FLIGHT);
    const module = fileURLToPath(new URL('../../src/simulator/simulator.ts', import.meta.url));
    const script =
      `import { startSimulator } from ${JSON.stringify(module)};` +
      `console.log((await startSimulator({ folder: ${JSON.stringify(folder)} })).endpoint);`;
    const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [endpoint] = (await once(createInterface(child.stdout), 'line')) as [string];
    const killed = once(child, 'exit');
    const answer = await fetch(endpoint, {
      method: 'POST',
      headers: {
        'X-Amz-Target': CREATE,
        'Content-Type': 'application/x-amz-json-1.1',
        ...signatureHeaders('machinelearning'),
      },
      body: JSON.stringify(request('bp')),
    });
    expect(answer.status).toBe(200);
    child.kill('SIGKILL');
    await killed;
    const next = await startSimulator({ folder });
    closing.unshift(() => next.close());
    const jobs = async () => (await (await fetch(`${next.endpoint}/_simulator/jobs`)).json()) as { state: string }[];
    await expect.poll(jobs).toMatchObject([{ id: 'bp', state: 'succeeded' }]);
  });

  test('leaves out a line that a crash cut short, and refuses a line that is damaged', async () => {
    const simulator = await start();
    await simulator.call(CREATE, request('bp'));
    await simulator.ended('bp');
    const journal = join(simulator.folder, 'state', 'jobs.jsonl');
    await appendFile(journal, '{"serial":2,"serv');
    await simulator.restart();
    expect(await simulator.jobs()).toMatchObject([{ id: 'bp', state: 'succeeded' }]);
    const folder = await folderWith();
    await (await startSimulator({ folder })).close();
    await writeFile(join(folder, 'state', 'jobs.jsonl'), '{"serial":"one"}\n');
    await expect(startSimulator({ folder })).rejects.toThrow(/Line 1 of .*jobs.jsonl .* Delete this line/);
  });
});

describe('a folder', () => {
  test('is for one simulator at a time', async () => {
    const folder = await folderWith();
    const first = await startSimulator({ folder });
    await expect(startSimulator({ folder })).rejects.toThrow(
      new RegExp(`Another simulator \\(process ${process.pid}\\) uses the folder .* Stop that one`),
    );
    await first.close();
    await (await startSimulator({ folder })).close();
  });

  test('of a process that runs is not taken, but that of one which is gone is', async () => {
    const folder = await folderWith();
    await (await startSimulator({ folder })).close();
    const lock = join(folder, 'state', 'simulator.lock');
    await writeFile(lock, `${process.ppid}\n`);
    await expect(startSimulator({ folder })).rejects.toThrow(`process ${process.ppid}`);
    const gone = spawn(process.execPath, ['--eval', '']);
    await once(gone, 'exit');
    for (const owner of [`${gone.pid}\n`, '', 'nonsense']) {
      await writeFile(lock, owner);
      await (await startSimulator({ folder })).close();
    }
  });

  test('without resources.yaml is filled from the seed, and never again', async () => {
    const seed = await folderWith();
    const folder = await folderWith();
    await rm(join(folder, 'resources.yaml'));
    await rm(join(folder, 's3'), { recursive: true });
    await (await startSimulator({ folder, seedFolder: seed })).close();
    expect(await readFile(join(folder, 's3/acme/in/customers.csv'), 'utf8')).toBe(OBJECTS['acme/in/customers.csv']);
    await rm(join(folder, 's3/acme/in/customers.csv'));
    await (await startSimulator({ folder, seedFolder: seed })).close();
    expect(await readdir(join(folder, 's3/acme/in'))).toEqual([]);
    await rm(join(folder, 'resources.yaml'));
    await rm(join(seed, 'resources.yaml'));
    await expect(startSimulator({ folder, seedFolder: seed })).rejects.toThrow('There is no resources.yaml in');
  });
});

describe('the ledger', () => {
  test('tells of each call who was called, about what, and what it did', async () => {
    const simulator = await start();
    await simulator.call(CREATE, request('bp'));
    await simulator.call('AmazonML_20141212.GetBatchPrediction', { BatchPredictionId: 'bp' });
    await simulator.call('AmazonPersonalize.ListSolutionVersions', {
      solutionArn: 'arn:aws:personalize:eu-west-1:123456789012:solution/for-you',
    });
    await simulator.call('AmazonPersonalize.Nothing', {});
    const entries = await simulator.ledger();
    expect(entries).toMatchObject([
      {
        seq: 1,
        service: 'machine-learning',
        operation: 'CreateBatchPrediction',
        region: 'eu-west-1',
        job: 'bp',
        resource: 'ml-churn',
        status: 200,
        effect: 'created',
      },
      { seq: 2, operation: 'GetBatchPrediction', job: 'bp', effect: 'none' },
      { seq: 3, service: 'personalize', resource: 'arn:aws:personalize:eu-west-1:123456789012:solution/for-you' },
      { seq: 4, operation: 'Nothing', errorCode: 'UnknownOperationException', status: 400 },
    ]);
    expect(await simulator.ledger('?service=personalize')).toHaveLength(2);
    expect(await simulator.ledger('?operation=GetBatchPrediction&job=bp')).toHaveLength(1);
  });

  test('and the rest of the state hold no credentials, signatures or links', async () => {
    const simulator = await start();
    await simulator.call(CREATE, request('bp'));
    await simulator.ended('bp');
    await simulator.call('AmazonML_20141212.GetBatchPrediction', { BatchPredictionId: 'bp' });
    const files = ['ledger.jsonl', 'jobs.jsonl'].map((name) => readFile(join(simulator.folder, 'state', name), 'utf8'));
    const state = (await Promise.all(files)).join('');
    expect(state).toContain('CreateBatchPrediction');
    expect(state).not.toMatch(/AKIDEXAMPLE|Signature|Credential|0000000000/);
  });
});

test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('a speed of %d is refused', async (speed) => {
  const folder = await folderWith();
  await expect(startSimulator({ folder, speed })).rejects.toThrow('give a number above 0');
});

test('a port that is taken is refused, and the folder is free again', async () => {
  const simulator = await start();
  const folder = await folderWith();
  const port = Number(new URL(simulator.endpoint).port);
  await expect(startSimulator({ folder, port })).rejects.toThrow(`Port ${port} is taken`);
  await (await startSimulator({ folder })).close();
});
