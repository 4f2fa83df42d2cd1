import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { Client, Connection } from '@temporalio/client';
import { TypedSearchAttributes } from '@temporalio/common';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { NightscoreClient } from '../../src/client/nightscore-client.ts';
import { startLocalServer } from '../../src/temporal/local-server.ts';
import type { LocalServer } from '../../src/temporal/local-server.ts';
import { SEARCH_ATTRIBUTE_KEYS } from '../../src/temporal/search-attribute-keys.ts';
import { ensureSearchAttributes, SearchAttributesError } from '../../src/temporal/search-attributes.ts';
import { findServerBinary } from '../../src/temporal/server-binary.ts';

let server: LocalServer;
let connection: Connection;
let namespace: string;
let namespaces = 0;

beforeAll(async () => {
  server = await startLocalServer({ uiPort: 'none', searchAttributes: [] });
}, 300_000);
afterAll(() => server.stop());

const temporal = async (...args: string[]) =>
  promisify(execFile)(await findServerBinary(), [...args, '--address', server.address]);

beforeEach(async () => {
  namespace = `night-${++namespaces}`;
  await temporal('operator', 'namespace', 'create', '--namespace', namespace);
  connection = await Connection.connect({ address: server.address });
});
afterEach(() => connection.close());

const registered = async () =>
  Object.keys((await connection.operatorService.listSearchAttributes({ namespace })).customAttributes).filter((name) =>
    name.startsWith('Nightscore'),
  );

const ALL = ['NightscoreJobs', 'NightscorePeriod', 'NightscorePipeline', 'NightscoreServices', 'NightscoreStatus'];

describe('the search attributes', () => {
  test('can be used as soon as they are ensured', async () => {
    await ensureSearchAttributes(connection, namespace);
    const client = new Client({ connection, namespace });
    await client.workflow.start('anyWorkflow', {
      workflowId: 'found',
      taskQueue: 'nobody-listens',
      typedSearchAttributes: new TypedSearchAttributes([
        { key: SEARCH_ATTRIBUTE_KEYS.pipeline, value: 'churn' },
        { key: SEARCH_ATTRIBUTE_KEYS.jobs, value: ['job-1', 'job-2'] },
      ]),
    });
    const query = 'NightscorePipeline = "churn" AND NightscoreJobs = "job-2"';
    await expect.poll(async () => (await client.workflow.count(query)).count, { timeout: 10_000 }).toBe(1);
  });

  test('find a run that no worker has taken up, and keep none from being started before any worker has ensured them', async () => {
    const client = new Client({ connection, namespace });
    const nightscore = new NightscoreClient({ client, taskQueue: 'nobody-listens' });
    expect(await nightscore.start({ pipeline: 'churn', key: '2026-11-20' })).toMatchObject({ started: true });
    await ensureSearchAttributes(connection, namespace);
    await nightscore.start({ pipeline: 'churn', key: '2026-11-21' });
    const found = async () => {
      const runs = [];
      for await (const { id } of nightscore.list({ where: 'period=2026-11-2*' })) runs.push(id);
      return runs;
    };
    await expect.poll(found, { timeout: 10_000 }).toEqual(['churn/2026-11-21']);
  });

  test('are completed where some are there, and left alone where all are', async () => {
    await temporal(
      'operator',
      'search-attribute',
      'create',
      '--namespace',
      namespace,
      '--name',
      'NightscorePeriod',
      '--type',
      'Keyword',
    );
    await ensureSearchAttributes(connection, namespace);
    await ensureSearchAttributes(connection, namespace);
    expect(new Set(await registered())).toEqual(new Set(ALL));
  });

  test('may be ensured by several workers at once', async () => {
    await Promise.all([1, 2, 3].map(() => ensureSearchAttributes(connection, namespace)));
    expect(await registered()).toHaveLength(ALL.length);
  });

  test('of another type are an error that says how to remove them', async () => {
    await temporal(
      'operator',
      'search-attribute',
      'create',
      '--namespace',
      namespace,
      '--name',
      'NightscoreStatus',
      '--type',
      'Text',
    );
    await expect(ensureSearchAttributes(connection, namespace)).rejects.toThrow(
      `NightscoreStatus is there with another type than Keyword; remove it first: temporal operator search-attribute remove --namespace ${namespace} --name NightscoreStatus`,
    );
  });

  test('that cannot be registered are an error whose commands register them', async () => {
    namespace = 'later';
    const error: unknown = await ensureSearchAttributes(connection, namespace).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(SearchAttributesError);
    expect(error).toMatchObject({ namespace, missing: expect.arrayContaining(ALL) });
    await temporal('operator', 'namespace', 'create', '--namespace', namespace);
    await expect.poll(() => registered().catch(() => undefined), { timeout: 15_000 }).toEqual([]);
    const commands = (error as Error).message.split('\n').filter((line) => line.startsWith('temporal '));
    for (const command of commands) await temporal(...command.split(' ').slice(1));
    expect(new Set(await registered())).toEqual(new Set(ALL));
  });
});
