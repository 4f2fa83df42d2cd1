import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectClient } from '../../src/temporal/connection.ts';
import { TemporalNamespaceNotFoundError, TemporalUnreachableError } from '../../src/temporal/connection-errors.ts';
import { hostAndPort, readTemporalSettings } from '../../src/temporal/connection-settings.ts';
import { startLocalServer } from '../../src/temporal/local-server.ts';
import type { LocalServer } from '../../src/temporal/local-server.ts';
import { connectWorker } from '../../src/temporal/worker-connection.ts';

let folder: string;
let server: LocalServer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nightscore-connection-'));
  server = await startLocalServer({ uiPort: 'none', namespace: 'night' });
}, 300_000);
afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true });
});

async function profileFile(text: string): Promise<string> {
  const path = join(folder, 'temporal.toml');
  await writeFile(path, text);
  return path;
}

describe('the settings', () => {
  test('are the local server and the default namespace where nothing is said, also by empty variables', () => {
    const settings = readTemporalSettings({
      TEMPORAL_ADDRESS: '',
      TEMPORAL_NAMESPACE: '',
      TEMPORAL_PROFILE: '',
      HOME: folder,
    });
    expect(settings).toEqual({
      address: { value: '127.0.0.1:7233', source: 'the default' },
      namespace: { value: 'default', source: 'the default' },
      options: {},
    });
  });

  test('come from variables, then from a profile, and know which it was', async () => {
    const file = await profileFile(
      '[profile.prod]\naddress = "prod:7233"\nnamespace = "night"\napi_key = "secret-key"\n',
    );
    const settings = readTemporalSettings({
      TEMPORAL_CONFIG_FILE: file,
      TEMPORAL_PROFILE: 'prod',
      TEMPORAL_ADDRESS: 'other:7233',
    });
    expect(settings).toEqual({
      address: { value: 'other:7233', source: 'TEMPORAL_ADDRESS' },
      namespace: { value: 'night', source: `profile "prod" of ${file}` },
      options: { apiKey: 'secret-key', tls: true },
    });
  });

  test('that cannot be used are an error that says which, and shows no line of the file', async () => {
    const file = await profileFile('[profile.default]\napi_key = "secret-key" oops\n');
    expect(() => readTemporalSettings({ TEMPORAL_CONFIG_FILE: file })).toThrow(
      expect.objectContaining({
        name: 'SettingsError',
        message: expect.stringMatching(/^(?!.*secret-key).*temporal\.toml.*cannot be used: .*TOML/s),
      }),
    );
    const none = join(folder, 'none.toml');
    expect(() => readTemporalSettings({ TEMPORAL_CONFIG_FILE: none })).toThrow(`TEMPORAL_CONFIG_FILE names ${none}`);
    expect(() => readTemporalSettings({ TEMPORAL_PROFILE: 'prod', HOME: folder })).toThrow("Profile 'prod' not found");
    expect(() =>
      readTemporalSettings({ HOME: folder, TEMPORAL_TLS_CLIENT_CERT_PATH: none, TEMPORAL_TLS_CLIENT_KEY_PATH: none }),
    ).toThrow(/no such file.*none\.toml/);
  });

  test('hold an address of host and port', () => {
    const parse = (value: string) => hostAndPort({ value, source: 'TEMPORAL_ADDRESS' });
    expect(parse('localhost:7000')).toEqual({ host: 'localhost', port: 7000 });
    expect(parse('temporal.example')).toEqual({ host: 'temporal.example', port: 7233 });
    expect(parse('[::1]:7233')).toEqual({ host: '::1', port: 7233 });
    for (const address of ['http://localhost:7233', 'localhost:99999', 'local host', ':7233', 'a:1/b']) {
      expect(() => parse(address)).toThrow(`must be host:port, not "${address}" (from TEMPORAL_ADDRESS)`);
    }
  });
});

describe('connecting', () => {
  const settingsFor = (address: string, namespace = 'night') =>
    readTemporalSettings({ TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace, HOME: folder });

  test('gives clients and workers their connection', async () => {
    const settings = settingsFor(server.address);
    const client = await connectClient(settings);
    const worker = await connectWorker(settings);
    const describeNamespace = { namespace: settings.namespace.value };
    expect((await client.workflowService.describeNamespace(describeNamespace)).namespaceInfo?.name).toBe('night');
    expect((await worker.workflowService.describeNamespace(describeNamespace)).namespaceInfo?.name).toBe('night');
    await worker.close();
    await client.close();
  });

  test('fails at once where nobody listens, and says who named the address and how to start a server', async () => {
    const failure = connectClient(settingsFor('127.0.0.1:1'));
    await expect(failure).rejects.toBeInstanceOf(TemporalUnreachableError);
    await expect(failure).rejects.toMatchObject({
      name: 'TemporalConnectionError',
      address: '127.0.0.1:1',
      message: expect.stringMatching(
        /127\.0\.0\.1:1 \(from TEMPORAL_ADDRESS\): nobody listens there\..*nightscore dev/,
      ),
    });
    await expect(connectWorker(settingsFor('127.0.0.1:1'))).rejects.toBeInstanceOf(TemporalUnreachableError);
    await expect(connectClient(settingsFor('no-such-host.invalid:7233'))).rejects.toThrow('the host name');
  });

  test('fails where something else than Temporal answers', async () => {
    const web = createServer((_request, response) => void response.end('hello')).listen(0, '127.0.0.1');
    await once(web, 'listening');
    const { port } = web.address() as AddressInfo;
    await expect(connectClient(settingsFor(`127.0.0.1:${port}`))).rejects.toThrow('does not answer as Temporal does');
    web.close();
    web.closeAllConnections();
  });

  test('fails for a namespace that is not there, and says who named it and how to make it', async () => {
    const failure = connectClient(settingsFor(server.address, 'nigth'));
    await expect(failure).rejects.toBeInstanceOf(TemporalNamespaceNotFoundError);
    await expect(failure).rejects.toThrow(
      `has no namespace "nigth" (from TEMPORAL_NAMESPACE). Set TEMPORAL_NAMESPACE to one that it has, or make it: temporal operator namespace create --address ${server.address} --namespace nigth`,
    );
  });
});
