import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LocalServerError, startLocalServer } from '../../src/temporal/local-server.ts';
import type { LocalServer, LocalServerOptions } from '../../src/temporal/local-server.ts';
import { findServerBinary } from '../../src/temporal/server-binary.ts';
import { tryPort } from '../../src/temporal/free-port.ts';
import { supervised } from '../../src/temporal/supervision.ts';
import { probe } from '../../src/temporal/tcp-probe.ts';

let folder: string;
const started: LocalServer[] = [];
const start = async (options: LocalServerOptions = {}) => {
  const server = await startLocalServer({ uiPort: 'none', ...options });
  started.push(server);
  return server;
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nightscore-temporal-'));
  await findServerBinary();
}, 300_000);
afterAll(async () => {
  await Promise.all(started.map((server) => server.stop()));
  await rm(folder, { recursive: true });
});

const isAlive = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

const withClient = async <T>(server: LocalServer, namespace: string, use: (client: Client) => Promise<T>) => {
  const connection = await Connection.connect({ address: server.address });
  try {
    return await use(new Client({ connection, namespace }));
  } finally {
    await connection.close();
  }
};

describe('a local server', () => {
  test('answers in its namespace, knows the search attributes and shows its web UI as soon as it is there', async () => {
    const server = await start({ namespace: 'night', uiPort: 0 });
    await withClient(server, 'night', async (client) => {
      expect(await client.workflow.count('NightscorePipeline = "x" AND NightscoreJobs = "y"')).toMatchObject({
        count: 0,
      });
    });
    expect((await fetch(server.uiUrl!)).status).toBe(200);
  });

  test('listens on this machine only', async () => {
    const { address, uiUrl } = await start({ uiPort: 0 });
    expect(address).toMatch(/^127\.0\.0\.1:\d+$/);
    expect(uiUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  });

  test('keeps its data in a file, which another server can go on with', async () => {
    const dataFile = join(folder, 'made/when/needed/temporal.db');
    const first = await start({ dataFile });
    await withClient(first, 'default', (client) =>
      client.workflow.start('anyWorkflow', { workflowId: 'kept', taskQueue: 'nobody-listens' }),
    );
    await first.stop();
    const second = await start({ dataFile });
    await withClient(second, 'default', async (client) => {
      expect((await client.workflow.getHandle('kept').describe()).status.name).toBe('RUNNING');
    });
  });

  test('is gone when it was stopped, and may be stopped twice', async () => {
    const server = await start();
    expect(isAlive(server.pid)).toBe(true);
    await Promise.all([server.stop(), server.stop()]);
    await server.ended;
    expect(isAlive(server.pid)).toBe(false);
  });

  test('says when it ended by itself', async () => {
    const server = await start();
    process.kill(server.pid, 'SIGKILL');
    await server.ended;
    expect(await probe('127.0.0.1', Number(server.address.split(':')[1]), 1000)).toBe('ECONNREFUSED');
    await server.stop();
  });
});

describe('a local server is refused', () => {
  test('on a port that is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    await expect(start({ port })).rejects.toThrow(`Port ${port} is taken`);
    await expect(start({ uiPort: port })).rejects.toThrow('choose another port of the web UI');
    other.close();
  });

  test('on a data file that another one uses', async () => {
    const dataFile = join(folder, 'shared.db');
    const { pid } = await start({ dataFile });
    await expect(start({ dataFile })).rejects.toBeInstanceOf(LocalServerError);
    await expect(start({ dataFile })).rejects.toThrow(`shared.db is in use by process ${pid}`);
  });

  test('on a data file that is none, in the words of the server', async () => {
    const dataFile = join(folder, 'text.db');
    await writeFile(dataFile, 'this is not a database, however long it is');
    await expect(start({ dataFile })).rejects.toThrow(/The local Temporal server did not start: .*not a database/);
  });
});

describe('a supervised program', () => {
  test('ends when the process that started it is killed by force', async () => {
    const port = await tryPort('127.0.0.1');
    const serverArgs = ['server', 'start-dev', '--headless', '--ip=127.0.0.1', `--port=${port}`];
    const { command, args } = supervised(await findServerBinary(), serverArgs);
    const parentCode = `
      const { spawn } = require('node:child_process');
      const [command, ...args] = JSON.parse(process.argv[1]);
      spawn(command, args, { detached: true, stdio: ['pipe', 'inherit', 'ignore'] });
      setInterval(() => {}, 1000);`;
    const parent = spawn(process.execPath, ['-e', parentCode, JSON.stringify([command, ...args])], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [pid] = (await once(createInterface(parent.stdout), 'line')) as [string];
    await expect.poll(() => probe('127.0.0.1', port, 1000), { timeout: 15_000 }).toBeUndefined();
    expect(isAlive(Number(pid))).toBe(true);
    parent.kill('SIGKILL');
    await expect.poll(() => isAlive(Number(pid)), { timeout: 15_000 }).toBe(false);
  });
});
