import { gunzipSync } from 'node:zlib';
import * as ml from '@aws-sdk/client-machine-learning';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ACCOUNT_RESOURCES, withSettings } from './account-resources.ts';
import { startTestSimulator, writeResources } from './test-simulator.ts';
import type { TestSimulator } from './test-simulator.ts';

const HEADER = 'id,months,plan,active';
const CUSTOMERS = [
  HEADER,
  'c1,0,basic,yes',
  'c2,0,free,no',
  '"c,3",2,"basic",Y',
  'c4,many,free,yes',
  'c5,1,free',
  'c6,,free,',
  'c7,1,free,perhaps',
].join('\n');

let simulator: TestSimulator;
beforeAll(async () => {
  simulator = await startTestSimulator({
    objects: {
      'acme/in/customers.csv': CUSTOMERS,
      'acme/many/a/part.csv': `${HEADER}\r\nx1,1,free,1\r\n`,
      'acme/many/b/part.csv': `${HEADER}\nx2,1,free,1\nx3,1\n`,
      'acme/many/': '',
    },
  });
});
afterAll(() => simulator.close());

type Create = ml.CreateBatchPredictionCommandInput;

const request = (more: Partial<Create> & { BatchPredictionId: string }): Create => ({
  MLModelId: 'ml-churn',
  BatchPredictionDataSourceId: 'ds-customers',
  OutputUri: 's3://acme/out/',
  ...more,
});
const create = (more: Partial<Create> & { BatchPredictionId: string }) =>
  simulator.machineLearning.send(new ml.CreateBatchPredictionCommand(request(more)));
const get = (BatchPredictionId: string) =>
  simulator.machineLearning.send(new ml.GetBatchPredictionCommand({ BatchPredictionId }));
const describeAll = async (query: ml.DescribeBatchPredictionsCommandInput) =>
  (await simulator.machineLearning.send(new ml.DescribeBatchPredictionsCommand(query))).Results?.map(
    ({ BatchPredictionId }) => BatchPredictionId,
  );

async function resultLines(uri: string): Promise<string[]> {
  return gunzipSync(await simulator.read(uri))
    .toString()
    .split('\n');
}

describe('a batch prediction', () => {
  test('is pending, then in progress with counters that move, then completed with all of its times', async () => {
    const slow = await startTestSimulator({
      objects: { 'acme/in/customers.csv': `${HEADER}\n${'c1,1,free,1\n'.repeat(1000)}` },
      resources: withSettings({
        machineLearning: {
          timing: { queuedSeconds: 100, fixedSeconds: 0, recordsPerSecond: 1, heartbeatSeconds: 1 },
        },
      }),
      speed: 1000,
    });
    try {
      const input = request({ BatchPredictionId: 'bp-1', BatchPredictionName: 'nightly' });
      await slow.machineLearning.send(new ml.CreateBatchPredictionCommand(input));
      const seen: ml.GetBatchPredictionCommandOutput[] = [];
      do {
        seen.push(await slow.machineLearning.send(new ml.GetBatchPredictionCommand({ BatchPredictionId: 'bp-1' })));
      } while (seen.at(-1)?.Status !== 'COMPLETED');
      expect([...new Set(seen.map(({ Status }) => Status))]).toEqual(['PENDING', 'INPROGRESS', 'COMPLETED']);
      expect(seen[0]).not.toHaveProperty('StartedAt');
      const counts = seen.flatMap(({ TotalRecordCount }) => TotalRecordCount ?? []);
      expect(counts).toEqual(counts.toSorted((a, b) => a - b));
      expect(counts).toContainEqual(expect.toSatisfy((count: number) => count > 0 && count < 1000));
      const last = seen.at(-1);
      expect(last).toMatchObject({
        Name: 'nightly',
        MLModelId: 'ml-churn',
        BatchPredictionDataSourceId: 'ds-customers',
        InputDataLocationS3: 's3://acme/in/customers.csv',
        CreatedByIamUser: 'arn:aws:iam::123456789012:root',
        TotalRecordCount: 1000,
        InvalidRecordCount: 0,
      });
      expect(last?.FinishedAt?.getTime()).toBeGreaterThan(last?.StartedAt?.getTime() ?? Number.NaN);
      expect(last?.ComputeTime).toBeGreaterThanOrEqual(1_000_000);
    } finally {
      await slow.close();
    }
  });

  test('writes one line for each record in the same order, blank for an invalid one, and a manifest', async () => {
    await create({ BatchPredictionId: 'bp-binary' });
    const { output, records } = await simulator.ended('bp-binary');
    expect(records).toEqual({ total: 7, invalid: 3 });
    const result = 's3://acme/out/batch-prediction/result/bp-binary-customers.csv.gz';
    const manifest = 's3://acme/out/batch-prediction/bp-binary.manifest';
    expect(output).toEqual([result, manifest]);
    expect(JSON.parse((await simulator.read(manifest)).toString())).toEqual({ 's3://acme/in/customers.csv': result });
    const [header, ...lines] = await resultLines(result);
    expect(header).toBe('id,bestAnswer,score');
    expect(lines).toEqual([
      'c1,1,5E-1',
      'c2,1,8.80797078E-1',
      '"c,3",0,1.19202922E-1',
      '',
      '',
      'c6,1,8.80797078E-1',
      '',
      '',
    ]);
    expect(await get('bp-binary')).toMatchObject({ Status: 'COMPLETED', TotalRecordCount: 7, InvalidRecordCount: 3 });
  });

  test('of a regression has a score column, of several classes a column for each, which sum to 1', async () => {
    await create({ BatchPredictionId: 'bp-regression', MLModelId: 'ml-spend' });
    await create({ BatchPredictionId: 'bp-classes', MLModelId: 'ml-segment' });
    const [regression = ''] = (await simulator.ended('bp-regression')).output;
    const [classes = ''] = (await simulator.ended('bp-classes')).output;
    expect((await resultLines(regression)).slice(0, 3)).toEqual(['id,score', 'c1,1.1E2', 'c2,1E2']);
    expect((await resultLines(classes)).slice(0, 2)).toEqual(['id,stays,leaves', 'c1,5E-1,5E-1']);
  });

  test('reads every file below a folder, and gives each a result file of its own', async () => {
    await create({ BatchPredictionId: 'bp-many', BatchPredictionDataSourceId: 'ds-folder' });
    const { output, records } = await simulator.ended('bp-many');
    expect(records).toEqual({ total: 3, invalid: 1 });
    expect(output.slice(0, 2)).toEqual([
      's3://acme/out/batch-prediction/result/bp-many-a-part.csv.gz',
      's3://acme/out/batch-prediction/result/bp-many-b-part.csv.gz',
    ]);
    expect(await resultLines(output[1] ?? '')).toHaveLength(4);
  });

  test.each([
    ['input that is not there', { BatchPredictionDataSourceId: 'ds-missing' }, /input data at s3:\/\/acme\/nowhere/],
    ['a model that failed', { MLModelId: 'ml-broken' }, /ml-broken cannot be used: its status is FAILED/],
    ['an output bucket that is not there', { OutputUri: 's3://elsewhere/out/' }, /bucket elsewhere does not exist/],
  ])('that names %s fails and says so', async (name, more, message) => {
    const BatchPredictionId = `bp-fails-${name.replaceAll(' ', '-')}`;
    await create({ BatchPredictionId, ...more });
    await simulator.ended(BatchPredictionId);
    const answer = await get(BatchPredictionId);
    expect(answer).toMatchObject({ Status: 'FAILED', Message: expect.stringMatching(message) });
    expect(answer).not.toHaveProperty('ComputeTime');
  });

  test.each([
    ['a model', { MLModelId: 'ml-unknown' }],
    ['a data source', { BatchPredictionDataSourceId: 'constructor' }],
  ])('that names %s that does not exist is refused', async (_name, more) => {
    await expect(create({ BatchPredictionId: 'bp-refused', ...more })).rejects.toMatchObject({
      name: 'InvalidInputException',
      $metadata: { httpStatusCode: 400 },
    });
    await expect(get('bp-refused')).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      $metadata: { httpStatusCode: 404 },
    });
  });

  test.each(['s3://acme/a:b/', 's3://acme/a//b/', 's3://acme/a/./b/', 's3://acme/a/../b/', 's3://acme/folder'])(
    'is refused for the output location %s',
    async (OutputUri) => {
      await expect(create({ BatchPredictionId: 'bp-output', OutputUri })).rejects.toThrow(OutputUri);
    },
  );

  test('is the same one when the request is repeated, and a mismatch when the repetition differs', async () => {
    await create({ BatchPredictionId: 'bp-twice' });
    await expect(create({ BatchPredictionId: 'bp-twice' })).resolves.toMatchObject({ BatchPredictionId: 'bp-twice' });
    await expect(create({ BatchPredictionId: 'bp-twice', OutputUri: 's3://acme/other/' })).rejects.toMatchObject({
      name: 'IdempotentParameterMismatchException',
    });
    const effects = (await simulator.ledger('?job=bp-twice')).map(({ effect }) => effect);
    expect(effects).toEqual(['created', 'already-exists', 'none']);
  });

  test('can be renamed, and is still there as DELETED once it is deleted, with its results', async () => {
    await create({ BatchPredictionId: 'bp-deleted' });
    const { output } = await simulator.ended('bp-deleted');
    const BatchPredictionId = 'bp-deleted';
    await simulator.machineLearning.send(
      new ml.UpdateBatchPredictionCommand({ BatchPredictionId, BatchPredictionName: 'old' }),
    );
    await simulator.machineLearning.send(new ml.DeleteBatchPredictionCommand({ BatchPredictionId }));
    expect(await get('bp-deleted')).toMatchObject({ Status: 'DELETED', Name: 'old' });
    expect(await simulator.read(output[0] ?? '')).not.toHaveLength(0);
  });

  test('has a log behind a signed link, and behind no other link', async () => {
    await create({ BatchPredictionId: 'bp-log' });
    await simulator.ended('bp-log');
    const { LogUri = '' } = await get('bp-log');
    expect(await (await fetch(LogUri)).text()).toContain('bp-log was submitted');
    const forged = LogUri.replace(/.$/, (last) => (last === '0' ? '1' : '0'));
    expect((await fetch(forged)).status).toBe(403);
  });

  test('waits as PENDING for a model that is still trained', async () => {
    await create({ BatchPredictionId: 'bp-waits', MLModelId: 'ml-training' });
    expect(await get('bp-waits')).toMatchObject({ Status: 'PENDING' });
    const { models } = ACCOUNT_RESOURCES.machineLearning;
    const trained = { ...models, 'ml-training': { ...models['ml-training'], status: 'COMPLETED' } };
    await writeResources(simulator.folder, {
      ...ACCOUNT_RESOURCES,
      machineLearning: { ...ACCOUNT_RESOURCES.machineLearning, models: trained },
    });
    await get('bp-waits');
    await expect(simulator.ended('bp-waits')).resolves.toMatchObject({ state: 'succeeded' });
    await writeResources(simulator.folder, ACCOUNT_RESOURCES);
  });
});

describe('the limits of Amazon ML', () => {
  test('jobs beyond the simultaneous ones wait as PENDING, and one deleted makes place for the next', async () => {
    const busy = await startTestSimulator({
      objects: { 'acme/in/customers.csv': CUSTOMERS },
      resources: withSettings({ machineLearning: { simultaneousJobs: 1, timing: { queuedSeconds: 0 } } }),
      speed: 1,
    });
    try {
      const send = (id: string) =>
        busy.machineLearning.send(new ml.CreateBatchPredictionCommand(request({ BatchPredictionId: id })));
      await send('first');
      await send('second');
      const status = async (BatchPredictionId: string) =>
        (await busy.machineLearning.send(new ml.GetBatchPredictionCommand({ BatchPredictionId }))).Status;
      await expect.poll(() => status('first')).toBe('INPROGRESS');
      expect(await status('second')).toBe('PENDING');
      await busy.machineLearning.send(new ml.DeleteBatchPredictionCommand({ BatchPredictionId: 'first' }));
      await expect.poll(() => status('second')).toBe('INPROGRESS');
    } finally {
      await busy.close();
    }
  });

  test('a job with more invalid records than allowed fails', async () => {
    const strict = await startTestSimulator({
      objects: { 'acme/in/customers.csv': CUSTOMERS },
      resources: withSettings({ machineLearning: { mostInvalidRecords: 2 } }),
    });
    try {
      const input = request({ BatchPredictionId: 'bp' });
      await strict.machineLearning.send(new ml.CreateBatchPredictionCommand(input));
      const job = await strict.ended('bp');
      expect(job).toMatchObject({ state: 'failed', message: expect.stringContaining('More than 2 observations') });
    } finally {
      await strict.close();
    }
  });

  test('a job that would run for more than 7 days fails when these are over', async () => {
    const endless = await startTestSimulator({
      objects: { 'acme/in/customers.csv': CUSTOMERS },
      resources: withSettings({ machineLearning: { timing: { recordsPerSecond: 0.00001 } } }),
      speed: 10_000_000,
    });
    try {
      const input = request({ BatchPredictionId: 'bp' });
      await endless.machineLearning.send(new ml.CreateBatchPredictionCommand(input));
      expect(await endless.ended('bp')).toMatchObject({
        state: 'failed',
        message: expect.stringContaining('more than 7 days'),
      });
    } finally {
      await endless.close();
    }
  });

  test('numbers come as strings and errors with a code when the settings say so', async () => {
    const quirky = await startTestSimulator({
      resources: withSettings({ machineLearning: { numbersAsStrings: true, errorCode: 7 } }),
    });
    try {
      const model = await quirky.call('AmazonML_20141212.GetMLModel', { MLModelId: 'ml-churn' });
      expect(model.json).toMatchObject({ ComputeTime: '0', CreatedAt: '1577836800', ScoreThreshold: '0.5' });
      const refusal = await quirky.call('AmazonML_20141212.GetMLModel', { MLModelId: 'nothing' });
      expect(refusal.json).toMatchObject({ __type: 'ResourceNotFoundException', code: 7 });
    } finally {
      await quirky.close();
    }
  });
});

describe('DescribeBatchPredictions', () => {
  let account: TestSimulator;
  beforeAll(async () => {
    account = simulator;
    simulator = await startTestSimulator({ objects: { 'acme/in/customers.csv': CUSTOMERS } });
    for (const id of ['d-1', 'd-2', 'd-3']) await create({ BatchPredictionId: id, BatchPredictionName: `night ${id}` });
    await create({ BatchPredictionId: 'other', MLModelId: 'ml-spend' });
    for (const id of ['d-1', 'd-2', 'd-3', 'other']) await simulator.ended(id);
  });
  afterAll(async () => {
    await simulator.close();
    simulator = account;
  });

  test.each([
    [{ FilterVariable: 'Name', Prefix: 'night' }, ['d-1', 'd-2', 'd-3']],
    [{ FilterVariable: 'Name', EQ: 'night d-2' }, ['d-2']],
    [{ FilterVariable: 'Name', GT: 'night d-1', LE: 'night d-3', SortOrder: 'dsc' }, ['d-3', 'd-2']],
    [{ FilterVariable: 'MLModelId', NE: 'ml-churn' }, ['other']],
    [{ FilterVariable: 'Status', EQ: 'FAILED' }, []],
    [{ FilterVariable: 'DataURI', EQ: 's3://acme/in/customers.csv', Limit: 1 }, ['d-1']],
    [{ FilterVariable: 'CreatedAt', GE: '2020-01-01T00:00:00Z', LT: '2020-01-02T00:00:00Z' }, []],
  ] as const)('filters and sorts by %o', async (query, ids) => {
    expect(await describeAll(query)).toEqual(ids);
  });

  test('gives every entry once, page by page', async () => {
    const seen: (string | undefined)[] = [];
    const pages = ml.paginateDescribeBatchPredictions(
      { client: simulator.machineLearning, pageSize: 3 },
      { SortOrder: 'dsc' },
    );
    for await (const { Results = [] } of pages) seen.push(...Results.map(({ BatchPredictionId }) => BatchPredictionId));
    expect(seen).toEqual(['other', 'd-3', 'd-2', 'd-1']);
  });

  test.each([
    [{ EQ: 'x' }, 'A comparison requires a FilterVariable'],
    [{ FilterVariable: 'CreatedAt', GT: 'yesterday' }, 'is not a time'],
    [{ NextToken: 'bm8=' }, 'NextToken is not valid'],
  ] as const)('refuses %o', async (query, message) => {
    await expect(describeAll(query)).rejects.toThrow(message);
  });
});

test('models and data sources are described as resources.yaml has them', async () => {
  const client = simulator.machineLearning;
  expect(await client.send(new ml.GetMLModelCommand({ MLModelId: 'ml-churn', Verbose: true }))).toMatchObject({
    Name: 'Churn',
    Status: 'COMPLETED',
    MLModelType: 'BINARY',
    ScoreThreshold: 0.5,
    Schema: expect.stringContaining('"rowId":"id"'),
  });
  expect(await client.send(new ml.GetDataSourceCommand({ DataSourceId: 'ds-customers', Verbose: true }))).toMatchObject(
    {
      DataLocationS3: 's3://acme/in/customers.csv',
      DataSourceSchema: expect.stringContaining('"dataFormat":"CSV"'),
    },
  );
  const models = await client.send(new ml.DescribeMLModelsCommand({ FilterVariable: 'MLModelType', EQ: 'REGRESSION' }));
  expect(models.Results?.map(({ MLModelId }) => MLModelId)).toEqual(['ml-spend']);
  const sources = await client.send(
    new ml.DescribeDataSourcesCommand({ FilterVariable: 'DataLocationS3', Prefix: 's3://acme/many' }),
  );
  expect(sources.Results?.map(({ DataSourceId }) => DataSourceId)).toEqual(['ds-folder']);
});
