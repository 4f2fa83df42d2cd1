import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { stringify } from 'yaml';
import { tryPort } from '../../src/temporal/free-port.ts';
import { nightscore, onlyDocument, startCommand, type RunningCommand } from './command.ts';

let folder: string;
let env: Record<string, string>;
let server: RunningCommand | undefined;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nightscore-serve-'));
  env = { TEMPORAL_ADDRESS: inject('temporalAddress'), NIGHTSCORE_PIPELINES: 'examples/pipelines' };
});
afterAll(async () => {
  server?.process.kill('SIGKILL');
  await rm(folder, { recursive: true });
});

it('lets in the callers of its file of tokens, names them in runs and in the log, and ends well when it is told to', async () => {
  const made = await nightscore([
    'token',
    'airflow',
    '--scope',
    'read',
    'start',
    '--pipeline',
    'card-payments',
    '--json',
  ]);
  expect(made).toMatchObject({ code: 0, stderr: '' });
  const { token, entry } = onlyDocument(made.stdout) as { token: string; entry: object };
  const file = join(folder, 'tokens.yaml');
  await writeFile(file, stringify({ tokens: [entry] }));

  const port = String(await tryPort('127.0.0.1'));
  server = startCommand(['serve', '--tokens', file, '--port', port], { env });
  const [first] = (await once(createInterface(server.process.stderr!), 'line')) as [string];
  expect(JSON.parse(first)).toMatchObject({ msg: 'The API is ready', url: `http://127.0.0.1:${port}` });

  const start = (headers: Record<string, string>) =>
    fetch(`http://127.0.0.1:${port}/v1/pipelines/card-payments/runs`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: '{"period":"1999-11-30"}',
    });
  expect((await start({})).status).toBe(401);
  expect((await start({ authorization: `Bearer ${token}` })).status).toBe(201);

  server.process.kill('SIGTERM');
  const ended = await server.ended;
  expect(ended).toMatchObject({ code: 0, stdout: '' });
  expect(ended.stderr).toMatch(/"audit":true,"caller":"airflow".*"action":"start","run":"card-payments\/1999-11-30"/);
  expect(ended.stderr).not.toContain(token);
});

describe('does not start', () => {
  it.each([
    { of: 'without a word on who may call', args: [], says: 'give --tokens FILE' },
    {
      of: 'open to everybody at other addresses',
      args: ['--no-auth', '--host', '0.0.0.0'],
      says: '--host 127.0.0.1 only',
    },
    { of: 'with tokens and without', args: ['--no-auth', '--tokens', 'x'], says: 'not both' },
    {
      of: 'with a file of tokens that is not there',
      args: ['--tokens', 'none.yaml'],
      says: 'none.yaml: the file of tokens',
    },
  ])('$of', async ({ args, says }) => {
    const { code, stderr } = await nightscore(['serve', ...args], { env });
    expect(code).toBe(2);
    expect(stderr).toContain(says);
  });

  it('without Temporal', async () => {
    const lost = { ...env, TEMPORAL_ADDRESS: `127.0.0.1:${await tryPort('127.0.0.1')}` };
    const { code, stderr } = await nightscore(['serve', '--no-auth', '--port', String(await tryPort('127.0.0.1'))], {
      env: lost,
    });
    expect(code).toBe(4);
    expect(stderr).toContain('Cannot reach Temporal');
  });
});

it('token shows a token, and an entry without it, to people', async () => {
  const { code, stdout } = await nightscore(['token', 'ops', '--scope', 'operate']);
  expect(code).toBe(0);
  const [token = ''] = /nightscore_\S+/.exec(stdout) ?? [];
  expect(token).toHaveLength('nightscore_'.length + 43);
  expect(stdout.split(token)).toHaveLength(2);
  expect(stdout).toContain('- name: ops\n    hash: sha256:');
  expect((await nightscore(['token', 'a b', '--scope', 'read'])).code).toBe(2);
});
