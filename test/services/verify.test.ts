import { randomUUID } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { gunzipSync, gzipSync } from 'node:zlib';
import { FraudDetectorClient } from '@aws-sdk/client-frauddetector';
import { MachineLearningClient } from '@aws-sdk/client-machine-learning';
import { GetObjectCommand, PutObjectCommand, DeleteObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import type { JobRecords, JobRef } from '../../src/pipeline/job.ts';
import type { Verification } from '../../src/pipeline/verification.ts';
import { CATALOG } from '../../src/services/catalog.ts';
import { batchPredictionRequest as fraudDetectorRequest } from '../../src/services/fraud-detector/request.ts';
import { verify as verifyFraudDetector } from '../../src/services/fraud-detector/verify.ts';
import { batchPredictionRequest as machineLearningRequest } from '../../src/services/machine-learning/request.ts';
import { verify as verifyMachineLearning } from '../../src/services/machine-learning/verify.ts';
import { createS3Client } from '../../src/services/s3-client.ts';
import type { BatchService, ReadingOptions } from '../../src/services/service.ts';
import { startOrAdopt } from '../../src/services/start-or-adopt.ts';
import { EXAMPLE_REQUESTS } from '../support/example-jobs.ts';
import { endOf } from '../support/watched-job.ts';
import { REGION, simulateAws, type SimulatedAws } from '../support/simulated-aws.ts';

const Bucket = 'nightscore-examples';

let aws: SimulatedAws;

beforeAll(async () => {
  aws = await simulateAws();
});

afterAll(() => aws.close());

interface FinishedJob {
  verify(options?: Partial<ReadingOptions>): Promise<Verification>;
  ref: JobRef;
  request: unknown;
  records?: JobRecords;
  /** Key of the job's only result file. */
  key: string;
}

async function finishedJob(name: string, changes: object = {}): Promise<FinishedJob> {
  const service = CATALOG.get(name) as BatchService;
  const request = service.request.parse({ ...EXAMPLE_REQUESTS[name]?.(randomUUID()), ...changes });
  const id = service.jobId({ namespace: 'test', runKey: `test/${randomUUID()}`, step: 'score', attempt: 1 });
  const client = service.connect(REGION);
  const { ref } = await startOrAdopt(service, client, service.locate(id, request, REGION), request);
  const { records, outputUri = '' } = await endOf(client, ref);
  const { signal } = new AbortController();
  const { prefix, pattern } = service.results({ id, outputUri });
  const start = prefix.replace(`s3://${Bucket}/`, '');
  const key = (await aws.objects(start)).find((candidate) => pattern.test(candidate.slice(start.length))) ?? '';
  return {
    key,
    ref,
    request,
    ...(records && { records }),
    verify: (options) =>
      client.verify({ ref, request, ...(records && { records }) }, { signal, onProgress: () => {}, ...options }),
  };
}

async function read(key: string): Promise<Buffer> {
  const { Body } = await createS3Client(REGION).send(new GetObjectCommand({ Bucket, Key: key }));
  return Buffer.from((await Body?.transformToByteArray()) ?? []);
}

async function write(key: string, body: string | Buffer): Promise<void> {
  await createS3Client(REGION).send(new PutObjectCommand({ Bucket, Key: key, Body: body }));
}

async function remove(key: string): Promise<void> {
  await createS3Client(REGION).send(new DeleteObjectCommand({ Bucket, Key: key }));
}

/** Rewrites the lines of a result file, packed or not. */
async function rewrite(key: string, change: (lines: string[]) => string[]): Promise<void> {
  const isPacked = key.endsWith('.gz');
  const body = await read(key);
  const lines = (isPacked ? gunzipSync(body) : body).toString().replace(/\n$/, '').split('\n');
  const text = `${change(lines).join('\n')}\n`;
  await write(key, isPacked ? gzipSync(text) : text);
}

/** Has every body that this client gets from S3 pass by. */
function watchBodies(s3: S3Client, see: (body: Readable, key: string) => void): void {
  s3.middlewareStack.add(
    (next) => async (args) => {
      const answer = await next(args);
      const { Body } = answer.output as { Body?: Readable };
      if (Body) see(Body, (args.input as { Key?: string }).Key ?? '');
      return answer;
    },
    { step: 'initialize' },
  );
}

const options: ReadingOptions = { signal: new AbortController().signal, onProgress: () => {} };

describe.each(['personalize/batch-inference', 'personalize/batch-segment'])('%s', (name) => {
  test('the results of a fresh job are proven', async () => {
    const job = await finishedJob(name);
    const verification = await job.verify();
    expect(verification).toMatchObject({ files: 1, problems: [] });
    expect(verification.records.total).toBeGreaterThan(0);
  });

  test('a missing result file is a problem', async () => {
    const job = await finishedJob(name);
    await createS3Client(REGION).send(new DeleteObjectCommand({ Bucket, Key: job.key }));
    expect((await job.verify()).problems).toEqual([
      { file: `s3://${Bucket}/${job.key}`, what: 'the result file is missing' },
    ]);
  });

  test('a line that is missing is a problem', async () => {
    const job = await finishedJob(name);
    await rewrite(job.key, (lines) => lines.slice(0, -1));
    const { problems } = await job.verify();
    expect(problems).toHaveLength(1);
    expect(problems[0]?.what).toMatch(/^there are \d+ lines for \d+ input records$/);
  });

  test('a line that is no result is a problem of that line, which is not repeated', async () => {
    const job = await finishedJob(name);
    await rewrite(job.key, (lines) => lines.with(1, 'a secret row'));
    const { problems } = await job.verify();
    expect(problems).toMatchObject([{ what: 'the line is not a result in JSON', lines: [2], count: 1 }]);
    expect(JSON.stringify(problems)).not.toContain('secret');
  });
});

test('an item that is recommended twice is a problem of its line', async () => {
  const job = await finishedJob('personalize/batch-inference');
  await rewrite(job.key, (lines) =>
    lines.with(2, (lines[2] ?? '').replace(/"recommendedItems":\["([^"]+)","[^"]+"/, '"recommendedItems":["$1","$1"')),
  );
  expect((await job.verify()).problems).toMatchObject([{ what: 'a result is there twice', lines: [3], count: 1 }]);
});

test('an abort ends the reading', async () => {
  const job = await finishedJob('personalize/batch-inference');
  await expect(job.verify({ signal: AbortSignal.abort() })).rejects.toThrow('aborted');
});

describe('fraud-detector/batch-prediction', () => {
  const name = 'fraud-detector/batch-prediction';

  test('the results of a fresh job are proven', async () => {
    const verification = await (await finishedJob(name)).verify();
    expect(verification).toMatchObject({ files: 1, problems: [] });
    expect(verification.records.total).toBeGreaterThan(0);
  });

  test('a changed input column is a problem of its line', async () => {
    const job = await finishedJob(name);
    await rewrite(job.key, (lines) => lines.with(3, `secret${lines[3] ?? ''}`));
    const { problems } = await job.verify();
    expect(problems).toMatchObject([{ what: 'the columns of the input are changed', lines: [4], count: 1 }]);
    expect(JSON.stringify(problems)).not.toContain('secret');
  });

  test('a missing record and a missing file are problems', async () => {
    const job = await finishedJob(name);
    await rewrite(job.key, (lines) => lines.slice(0, -1));
    expect((await job.verify()).problems[0]?.what).toMatch(/^there are 3,999 records for 4,000 of the input$/);
    await createS3Client(REGION).send(new DeleteObjectCommand({ Bucket, Key: job.key }));
    expect((await job.verify()).problems).toMatchObject([{ what: 'the result file is missing' }]);
  });

  test('input columns in another order are a problem', async () => {
    const job = await finishedJob(name);
    await rewrite(job.key, (lines) => lines.map((line) => line.replace(/^([^,]*),([^,]*)/, '$2,$1')));
    expect((await job.verify()).problems).toEqual([
      { file: `s3://${Bucket}/${job.key}`, what: 'the columns of the input are not in their order any more' },
    ]);
  });

  test('a missing input is a problem of the input', async () => {
    const input = `test/inputs/${randomUUID()}.csv`;
    const inputPath = `s3://${Bucket}/${input}`;
    await write(input, await read('card-payments/input/payments.csv'));
    const job = await finishedJob(name, { inputPath });
    await remove(input);
    expect((await job.verify()).problems).toEqual([
      { file: inputPath, what: 'the input file is missing or empty: there is nothing to compare with' },
    ]);
  });

  test('both files are closed when the reading ends early', async () => {
    const job = await finishedJob(name);
    await rewrite(job.key, ([header = '', ...lines]) => [header.replace('STATUS', 'STATE'), ...lines]);
    const { ref, request } = job;
    const s3 = createS3Client(REGION);
    const bodies: Readable[] = [];
    watchBodies(s3, (body) => bodies.push(body));
    const clients = { s3, client: new FraudDetectorClient({ region: REGION }), region: REGION };
    const { problems } = await verifyFraudDetector(
      clients,
      { ref, request: fraudDetectorRequest.parse(request) },
      options,
    );
    expect(problems).toMatchObject([{ what: 'not all of MODEL_SCORES, OUTCOMES, STATUS are there' }]);
    expect(bodies).toHaveLength(2);
    await expect.poll(() => bodies.every(({ destroyed }) => destroyed)).toBe(true);
  });
});

describe('machine-learning/batch-prediction', () => {
  const name = 'machine-learning/batch-prediction';
  const folder = 'test/animals';

  beforeAll(async () => {
    await write(`${folder}/a.csv`, 'id,weight\n1,2\n2,heavy\n');
    await write(`${folder}/b.csv`, 'id,weight\n3,4\n4,5\n5,6\n');
    await addResources();
  });

  afterEach(() => aws.clearFaults());

  /** A model of each other type, and a folder of two small files for them. */
  async function addResources(): Promise<void> {
    const path = join(aws.folder, 'resources.yaml');
    const resources = parse(await readFile(path, 'utf8'));
    const price = { intercept: 0.1, coefficients: { weight: 0.5 } };
    const { models, dataSources } = resources.machineLearning;
    models['ml-price'] = {
      type: 'REGRESSION',
      trainingDataSourceId: 'ds-animals',
      model: { kind: 'linear', ...price },
    };
    models['ml-animal'] = {
      type: 'MULTICLASS',
      trainingDataSourceId: 'ds-animals',
      model: { kind: 'softmax', classes: { cat: price, dog: { ...price, intercept: 1 } } },
    };
    const attributes = [
      { fieldName: 'id', fieldType: 'CATEGORICAL' },
      { fieldName: 'weight', fieldType: 'NUMERIC' },
    ];
    dataSources['ds-animals'] = {
      dataLocationS3: `s3://${Bucket}/${folder}/`,
      schema: { version: '1.0', rowId: 'id', dataFormat: 'CSV', dataFileContainsHeader: true, attributes },
    };
    await writeFile(path, stringify(resources));
  }

  const animals = (model = 'ml-animal') =>
    finishedJob(name, { MLModelId: model, BatchPredictionDataSourceId: 'ds-animals' });
  const manifestOf = ({ ref, request }: FinishedJob) =>
    `${machineLearningRequest.parse(request).OutputUri}batch-prediction/${ref.id}.manifest`;
  const manifestKey = (job: FinishedJob) => manifestOf(job).replace(`s3://${Bucket}/`, '');
  const whats = ({ problems }: Verification) => problems.map(({ what }) => what);

  test.each([
    ['a BINARY model', () => finishedJob(name), 1],
    ['a MULTICLASS model', () => animals(), 2],
    ['a REGRESSION model', () => animals('ml-price'), 2],
  ])('fresh results of %s are proven, and counted as the service counts', async (_, make, files) => {
    const job = await make();
    const { records, ...rest } = await job.verify();
    expect(rest).toEqual({ files, problems: [] });
    expect(records).toEqual({ total: job.records?.total, invalid: job.records?.invalid });
  });

  test('a record that could not be scored is counted, and is no problem', async () => {
    const { records, problems } = await (await animals()).verify();
    expect(records).toEqual({ total: 5, invalid: 1 });
    expect(problems).toEqual([]);
  });

  test.each(['access-denied', 'not-found'])(
    'without the model and the data source (%s), the header tells how to read',
    async (fault) => {
      const [binary, multiclass, regression] = await Promise.all([finishedJob(name), animals(), animals('ml-price')]);
      await aws.faults(['GetMLModel', 'GetDataSource'].map((operation) => ({ operation, fault })));
      for (const job of [binary, multiclass, regression]) expect(whats(await job.verify())).toEqual([]);
      await rewrite(regression.key, (lines) => lines.with(1, '1,NaN'));
      expect(whats(await regression.verify())).toEqual(['the score is not a finite number']);
      await rewrite(multiclass.key, (lines) => lines.with(1, '1,0.5,0.6'));
      expect(whats(await multiclass.verify())).toEqual([
        'the scores of the classes are not numbers between 0 and 1 that sum to 1',
      ]);
    },
  );

  test('a failure of the service is no reason to hold the results to less', async () => {
    const job = await finishedJob(name);
    await aws.faults([{ operation: 'GetMLModel', fault: 'throttle' }]);
    await expect(job.verify()).rejects.toMatchObject({ class: 'throttle', operation: 'GetMLModel' });
  });

  test.each([
    ['0,1.5', 'the score is not between 0 and 1'],
    ['1,-1E-9', 'the score is not between 0 and 1'],
    ['1,', 'the score is not between 0 and 1'],
    ['2,0.5', 'bestAnswer is neither 0 nor 1'],
    ['secret,0.5', 'bestAnswer is neither 0 nor 1'],
    ['1,0.5,secret', 'the line has not as many fields as the header'],
    ['1,"secret', 'the line is not CSV'],
    [`1,${'secret'.repeat(200_000)}`, 'the line is too long'],
  ])('a BINARY line such as %.12s is a problem of its line, which is not repeated', async (line, what) => {
    const job = await finishedJob(name);
    await rewrite(job.key, (lines) => lines.with(4, line).with(6, line));
    const { problems } = await job.verify();
    expect(problems).toEqual([{ file: `s3://${Bucket}/${job.key}`, what, lines: [5, 7], count: 2 }]);
    expect(JSON.stringify(problems)).not.toContain('secret');
  });

  test.each(['1,0.5,0.502', '1,1.5,-0.5', '1,,1', '1,secret,1'])(
    'a MULTICLASS line such as %s is one',
    async (line) => {
      const job = await animals();
      await rewrite(job.key, (lines) => lines.with(1, line));
      const { problems } = await job.verify();
      expect(problems).toMatchObject([
        { what: 'the scores of the classes are not numbers between 0 and 1 that sum to 1', lines: [2], count: 1 },
      ]);
      expect(JSON.stringify(problems)).not.toContain('secret');
    },
  );

  test('rounded scores of classes, other columns and blanks around names are no problem', async () => {
    const job = await animals();
    await rewrite(job.key, (lines) => lines.with(0, 'id, cat , "dog"').with(1, '1, 0.3334, 0.6661'));
    expect(whats(await job.verify())).toEqual([]);
    const binary = await finishedJob(name);
    await rewrite(binary.key, (lines) => lines.map((line, index) => `${index ? 'x, 1 ' : 'id, trueLabel'}, ${line} `));
    expect(whats(await binary.verify())).toEqual([]);
  });

  test('a header that lacks a column is a problem, and lines are counted all the same', async () => {
    const job = await finishedJob(name);
    await rewrite(job.key, (lines) => lines.with(0, 'secret,score'));
    const verification = await job.verify();
    expect(whats(verification)).toEqual(['the header has no column bestAnswer']);
    expect(verification.records.total).toBe(job.records?.total);
  });

  test('an added line and a missing one are problems of the file, and of the counts', async () => {
    const job = await finishedJob(name);
    const total = job.records?.total ?? 0;
    const changes = [(lines: string[]) => [...lines, '1,0.5'], (lines: string[]) => lines.slice(0, -2)];
    for (const [index, found] of [total + 1, total - 1].entries()) {
      await rewrite(job.key, changes[index] ?? ((lines) => lines));
      expect((await job.verify()).problems).toEqual([
        { file: `s3://${Bucket}/${job.key}`, what: `there are ${found} lines for ${total} input records` },
        { file: manifestOf(job), what: `total: there are ${found} records, but the service counted ${total}` },
      ]);
    }
  });

  test('lines that went from one file to another are problems, although their sum is right', async () => {
    const job = await animals();
    const other = job.key.replace('a.csv', 'b.csv');
    await rewrite(job.key, (lines) => lines.slice(0, -1));
    await rewrite(other, (lines) => [...lines, '']);
    expect((await job.verify()).problems).toEqual([
      { file: `s3://${Bucket}/${job.key}`, what: 'there is 1 line for 2 input records' },
      { file: `s3://${Bucket}/${other}`, what: 'there are 4 lines for 3 input records' },
    ]);
  });

  test("a score that was blanked is told by the service's count", async () => {
    const job = await finishedJob(name);
    expect(job.records?.invalid).toBe(0);
    await rewrite(job.key, (lines) => lines.with(2, ''));
    expect(whats(await job.verify())).toEqual(['invalid: there is 1 record, but the service counted 0']);
  });

  test.each([
    ['no gzip', () => Buffer.from('no gzip'), 'the file is not valid gzip, or is cut off'],
    ['cut off', (body: Buffer) => body.subarray(0, -20), 'the file is not valid gzip, or is cut off'],
    [
      'followed by garbage',
      (body: Buffer) => Buffer.concat([body, Buffer.from('x')]),
      'the file is not valid gzip, or is cut off',
    ],
    ['packed nothing', () => gzipSync(''), 'the result file is empty'],
  ])('a result file that is %s is a problem', async (_, change, what) => {
    const job = await finishedJob(name);
    await write(job.key, change(await read(job.key)));
    expect((await job.verify()).problems[0]).toEqual({ file: `s3://${Bucket}/${job.key}`, what });
  });

  test.each([
    ['{}', 'the manifest is empty'],
    ['[]', 'the manifest is not JSON that names a result file for each input file'],
    ['null', 'the manifest is not JSON that names a result file for each input file'],
    ['{"s3:', 'the manifest is not JSON that names a result file for each input file'],
    [' ', 'the manifest is not JSON that names a result file for each input file'],
  ])('the manifest %s is a problem', async (text, what) => {
    const job = await finishedJob(name);
    await write(manifestKey(job), text);
    expect((await job.verify()).problems).toEqual([{ file: manifestOf(job), what }]);
  });

  test('a missing manifest and a missing result file are problems', async () => {
    const job = await finishedJob(name);
    await remove(job.key);
    expect(whats(await job.verify())[0]).toBe('the result file is missing');
    await remove(manifestKey(job));
    expect((await job.verify()).problems).toEqual([{ file: manifestOf(job), what: 'the manifest is missing' }]);
  });

  test('line ends within the manifest are no problem', async () => {
    const job = await finishedJob(name);
    const text = (await read(manifestKey(job))).toString();
    await write(manifestKey(job), text.replaceAll('batch-prediction', 'batch-\nprediction'));
    expect(whats(await job.verify())).toEqual([]);
  });

  test('an input file without a result, and a result without an input file, are problems', async () => {
    const job = await animals();
    const text = (await read(manifestKey(job))).toString();
    await write(manifestKey(job), text.replace(`${folder}/b.csv`, `${folder}/c.csv`));
    expect((await job.verify()).problems).toEqual([
      { file: `s3://${Bucket}/${folder}/b.csv`, what: 'the manifest names no result of this input file' },
      {
        file: `s3://${Bucket}/${folder}/c.csv`,
        what: 'the manifest names this input file, but it is not in the data source',
      },
    ]);
  });

  test('an input file that is gone is a problem, and one that may not be read is not', async () => {
    const job = await animals();
    const verifyWith = (code: string) => {
      const s3 = createS3Client(REGION);
      s3.middlewareStack.add((next) => (args) => {
        if ((args.input as { Key?: string }).Key?.startsWith(folder))
          throw Object.assign(new Error('no'), { name: code, $metadata: { httpStatusCode: 403 } });
        return next(args);
      });
      const client = new MachineLearningClient({ region: REGION });
      const request = machineLearningRequest.parse(job.request);
      return verifyMachineLearning({ client, s3, region: REGION }, { ref: job.ref, request }, options);
    };
    await rewrite(job.key, (lines) => [...lines, '']);
    expect(whats(await verifyWith('AccessDenied'))).toEqual([]);
    expect((await verifyWith('NoSuchKey')).problems).toEqual(
      ['a', 'b'].map((file) => ({
        file: `s3://${Bucket}/${folder}/${file}.csv`,
        what: 'the input file is not there any more to compare with',
      })),
    );
  });
});
