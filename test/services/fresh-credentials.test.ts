import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { CATALOG } from '../../src/services/catalog.ts';
import { createClients } from '../../src/services/clients.ts';

let folder: string;
let server: Server;
/** Ids of the keys that calls were signed with. */
const keys: string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nightscore-credentials-'));
  // AWS as far as this needs it: it takes the new key only.
  server = createServer((request, response) => {
    const [, key = ''] = /Credential=([^/]+)/.exec(request.headers.authorization ?? '') ?? [];
    keys.push(key);
    const isOld = key === 'AKIDOLD';
    response.writeHead(isOld ? 400 : 200, { 'content-type': 'application/x-amz-json-1.1' });
    response.end(isOld ? '{"__type":"ExpiredTokenException","message":"expired"}' : '{"batchPredictions":[]}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  vi.stubEnv('AWS_ENDPOINT_URL', `http://127.0.0.1:${port}`);
  vi.stubEnv('AWS_ACCESS_KEY_ID', undefined);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', undefined);
  vi.stubEnv('AWS_PROFILE', 'nightly');
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', join(folder, 'credentials'));
  vi.stubEnv('AWS_CONFIG_FILE', join(folder, 'config'));
  await writeFile(join(folder, 'config'), '');
});

afterAll(async () => {
  vi.unstubAllEnvs();
  server.close();
  await rm(folder, { recursive: true });
});

function writeKey(id: string): Promise<void> {
  const lines = ['[nightly]', `aws_access_key_id = ${id}`, 'aws_secret_access_key = s', 'aws_session_token = t', ''];
  return writeFile(join(folder, 'credentials'), lines.join('\n'));
}

test.each(['machine-learning/batch-prediction', 'fraud-detector/batch-prediction'])(
  'credentials of %s that AWS calls expired are read anew from where they come from',
  async (name) => {
    keys.length = 0;
    await writeKey('AKIDOLD');
    const { client } = createClients(CATALOG)({ service: name, region: 'eu-west-1' });
    const list = async () => {
      for await (const _page of client.list?.({}) ?? []);
    };
    await expect(list()).rejects.toMatchObject({ class: 'auth-refresh' });
    await writeKey('AKIDNEW');
    await list().catch(() => undefined);
    expect(keys.at(-1)).toBe('AKIDNEW');
  },
);
