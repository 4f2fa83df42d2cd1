import { CreateBatchPredictionJobCommand, GetBatchPredictionJobsCommand } from '@aws-sdk/client-frauddetector';
import {
  CreateBatchPredictionCommand,
  DescribeBatchPredictionsCommand,
  GetBatchPredictionCommand,
  MachineLearningClient,
} from '@aws-sdk/client-machine-learning';
import {
  CreateBatchInferenceJobCommand,
  DescribeBatchInferenceJobCommand,
  ListBatchInferenceJobsCommand,
} from '@aws-sdk/client-personalize';
import { setTimeout as delay } from 'node:timers/promises';
import { GetObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { FAULTS } from '../../src/simulator/faults.ts';
import type { Fault } from '../../src/simulator/faults.ts';
import { REGION, startTestSimulator } from './test-simulator.ts';
import type { RawAnswer, TestSimulator } from './test-simulator.ts';

let simulator: TestSimulator;
beforeAll(async () => {
  simulator = await startTestSimulator({
    objects: {
      'acme/in/customers.csv': 'id,months,plan,active\nc1,1,free,1\n',
      'acme/in/payments.csv':
        'EVENT_ID,EVENT_TIMESTAMP,ENTITY_ID,ENTITY_TYPE,amount\ne1,2024-01-01T00:00:00Z,c1,customer,1\n',
      'acme/in/users.json': '{"userId":"ann"}\n',
    },
  });
});
afterEach(() => simulator.admin('faults', { method: 'DELETE' }));
afterAll(() => simulator.close());

const GET = 'AmazonML_20141212.GetBatchPrediction';
const CREATE = 'AmazonML_20141212.CreateBatchPrediction';
const request = (BatchPredictionId: string) => ({
  BatchPredictionId,
  MLModelId: 'ml-churn',
  BatchPredictionDataSourceId: 'ds-customers',
  OutputUri: 's3://acme/out/',
});
const create = (id: string): Promise<RawAnswer> => simulator.call(CREATE, request(id));
const getModel = (): Promise<RawAnswer> => simulator.call('AmazonML_20141212.GetMLModel', { MLModelId: 'ml-churn' });
const exists = async (id: string): Promise<boolean> => (await simulator.jobs()).some((job) => job.id === id);

/** What a client is told under each kind of fault. */
const TOLD: Record<Fault['effect']['kind'], (answer: Promise<RawAnswer>, fault: Fault) => Promise<void>> = {
  refuse: async (answer, { effect }) => {
    const { status, json } = await answer;
    expect(effect).toMatchObject({ code: json.__type, message: json.message });
    if ('status' in effect) expect(status).toBe(effect.status);
    expect(status).toBeGreaterThanOrEqual(400);
  },
  'internal-error': async (answer) => {
    expect(await answer).toMatchObject({ status: 500, json: { __type: 'InternalServerException' } });
  },
  reset: (answer) => expect(answer).rejects.toThrow('fetch failed'),
  raw: async (answer, { effect }) => {
    const { status, text } = await answer.catch((): Partial<RawAnswer> => ({ status: 200, text: '{"' }));
    expect(effect).toMatchObject({ status, body: text });
  },
  delay: async (answer) => expect((await answer).status).toBe(200),
  status: async (answer) => expect((await answer).status).toBe(200),
  fate: async (answer) => expect((await answer).status).toBe(200),
  stale: async (answer) => expect((await answer).status).toBe(200),
};

const ACTS_ALL_THE_SAME: readonly Fault['effect']['kind'][] = ['delay', 'status', 'fate'];

describe('each fault', () => {
  const ofCreation = Object.entries<Fault>(FAULTS).filter(([, { calls }]) => calls?.includes('create') ?? true);
  test.each(ofCreation)(
    '%s: the client is told so, and the job exists only if the call took effect',
    async (name, fault) => {
      const id = `bp-${name}`;
      await simulator.faults({ fault: name, operation: 'CreateBatchPrediction', times: 1, delayMs: 5 });
      await TOLD[fault.effect.kind](create(id), fault);
      const tookEffect = fault.moment === 'after' || ACTS_ALL_THE_SAME.includes(fault.effect.kind);
      expect(await exists(id)).toBe(tookEffect);
      expect(await simulator.ledger(`?job=${id}`)).toMatchObject([
        { fault: name, effect: tookEffect ? 'created' : 'none' },
      ]);
    },
  );

  test('of a status gives every job in the answer that status', async () => {
    await create('bp-status');
    await simulator.faults({ fault: 'unknown-status', job: 'bp-status', times: 1, status: 'MOVING' });
    const get = () => simulator.machineLearning.send(new GetBatchPredictionCommand({ BatchPredictionId: 'bp-status' }));
    expect((await get()).Status).toBe('MOVING');
    expect((await get()).Status).not.toBe('MOVING');
  });

  test('delays by as long as its switch says', async () => {
    await simulator.faults({ fault: 'slow', operation: 'GetMLModel', times: 1, delayMs: 80 });
    const start = performance.now();
    await getModel();
    expect(performance.now() - start).toBeGreaterThanOrEqual(79);
  });
});

describe('the fate of a job', () => {
  const get = (BatchPredictionId: string) =>
    simulator.machineLearning.send(new GetBatchPredictionCommand({ BatchPredictionId }));
  const createdWith = async (id: string, fault: object): Promise<void> => {
    await simulator.faults({ call: 'create', times: 1, ...fault });
    await create(id);
  };

  test('to fail is told with the message of the switch', async () => {
    await createdWith('bp-fails', { fault: 'job-fails', message: 'CapacityError: none left' });
    await expect.poll(() => get('bp-fails')).toMatchObject({ Status: 'FAILED', Message: 'CapacityError: none left' });
  });

  test('to hang lets nothing move any more', async () => {
    await createdWith('bp-hangs', { fault: 'job-hangs' });
    await expect.poll(async () => (await get('bp-hangs')).Status).toBe('INPROGRESS');
    const { $metadata: _, LogUri: _uri, ...before } = await get('bp-hangs');
    await delay(100);
    expect(await get('bp-hangs')).toMatchObject(before);
  });

  test('to vanish is to be unknown to its service once it runs, and goes on all the same', async () => {
    await createdWith('bp-vanishes', { fault: 'job-vanishes' });
    await expect.poll(() => get('bp-vanishes').catch(({ name }) => name)).toBe('ResourceNotFoundException');
    expect(await simulator.jobs()).toContainEqual(expect.objectContaining({ id: 'bp-vanishes', fate: 'vanishes' }));
  });

  test.each([
    ['results-missing', 0],
    ['results-short', 2],
  ])('with %s leaves %d objects', async (fault, objects) => {
    const id = `bp-of-${fault}`;
    await createdWith(id, { fault });
    await expect.poll(async () => (await get(id)).Status).toBe('COMPLETED');
    const { Contents = [] } = await simulator.s3.send(new ListObjectsV2Command({ Bucket: 'acme', Prefix: 'out/' }));
    expect(Contents.filter(({ Key }) => Key?.includes(id))).toHaveLength(objects);
  });
});

describe('a stale answer', () => {
  const solutionVersionArn = 'arn:aws:personalize:eu-west-1:123456789012:solution/for-you/v1';
  const roleArn = 'arn:aws:iam::123456789012:role/batch';
  const path = (key: string) => ({ s3DataSource: { path: `s3://acme/in/${key}` } });

  /** How each service creates a job, and answers a read and a list of it; lists may hold other jobs too. */
  const services = [
    {
      service: 'machine-learning',
      status: 'INPROGRESS',
      create: (id: string) => simulator.machineLearning.send(new CreateBatchPredictionCommand(request(id))),
      read: async (id: string) => {
        const answer = await simulator.machineLearning.send(new GetBatchPredictionCommand({ BatchPredictionId: id }));
        return { status: answer.Status, end: answer.FinishedAt };
      },
      list: async (id: string) => {
        const { Results = [] } = await simulator.machineLearning.send(new DescribeBatchPredictionsCommand({}));
        const job = Results.find(({ BatchPredictionId }) => BatchPredictionId === id);
        return { status: job?.Status, end: job?.FinishedAt };
      },
    },
    {
      service: 'fraud-detector',
      status: 'IN_PROGRESS',
      create: (jobId: string) =>
        simulator.fraudDetector.send(
          new CreateBatchPredictionJobCommand({
            jobId,
            inputPath: 's3://acme/in/payments.csv',
            outputPath: 's3://acme/out/',
            eventTypeName: 'payment',
            detectorName: 'payments',
            iamRoleArn: roleArn,
          }),
        ),
      read: async (jobId: string) => {
        const answer = await simulator.fraudDetector.send(new GetBatchPredictionJobsCommand({ jobId }));
        const [job] = answer.batchPredictions ?? [];
        return { status: job?.status, end: job?.completionTime };
      },
      list: async (id: string) => {
        const answer = await simulator.fraudDetector.send(new GetBatchPredictionJobsCommand({}));
        const job = answer.batchPredictions?.find(({ jobId }) => jobId === id);
        return { status: job?.status, end: job?.completionTime };
      },
    },
    {
      service: 'personalize',
      status: 'CREATE IN_PROGRESS',
      create: (jobName: string) =>
        simulator.personalize.send(
          new CreateBatchInferenceJobCommand({
            jobName,
            solutionVersionArn,
            roleArn,
            jobInput: path('users.json'),
            jobOutput: { s3DataDestination: { path: 's3://acme/out/' } },
          }),
        ),
      read: async (id: string) => {
        const batchInferenceJobArn = `arn:aws:personalize:eu-west-1:123456789012:batch-inference-job/${id}`;
        const answer = await simulator.personalize.send(new DescribeBatchInferenceJobCommand({ batchInferenceJobArn }));
        return { status: answer.batchInferenceJob?.status, end: undefined };
      },
      list: async (id: string) => {
        const answer = await simulator.personalize.send(new ListBatchInferenceJobsCommand({}));
        return { status: answer.batchInferenceJobs?.find(({ jobName }) => jobName === id)?.status, end: undefined };
      },
    },
  ];

  describe.each(services)('of $service', ({ service, status, ...calls }) => {
    test.each(['read', 'list'] as const)(
      'to a %s tells jobs as they were, as often as the switch says',
      async (call) => {
        const id = `stale-${service}-${call}`;
        await calls.create(id);
        expect(await simulator.ended(id)).toMatchObject({ state: 'succeeded' });
        const after = await calls[call](id);
        await simulator.faults({ service, call, fault: 'stale', times: 2 });
        expect(await calls[call](id)).toEqual({ status, end: undefined });
        await simulator.restart();
        await simulator.faults({ service, call, fault: 'stale', times: 1 });
        expect(await calls[call](id)).toEqual({ status, end: undefined });
        expect(await calls[call](id)).toEqual(after);
        expect(after.status).not.toBe(status);
      },
    );
  });

  test('has progress and a heartbeat that stand still, and no message', async () => {
    await simulator.faults({ fault: 'job-fails', job: 'bp-still', times: 1 });
    await create('bp-still');
    await simulator.ended('bp-still');
    await simulator.faults({ fault: 'stale', job: 'bp-still', times: 2 });
    const get = async () => (await simulator.call(GET, { BatchPredictionId: 'bp-still' })).json;
    const first = await get();
    await delay(20);
    expect(await get()).toEqual(first);
    expect(first).toMatchObject({ Status: 'INPROGRESS' });
    expect(first).not.toHaveProperty('Message');
  });

  test('leaves a deleted job deleted', async () => {
    await create('bp-deleted');
    await simulator.ended('bp-deleted');
    await simulator.call('AmazonML_20141212.DeleteBatchPrediction', { BatchPredictionId: 'bp-deleted' });
    await simulator.faults({ fault: 'stale', job: 'bp-deleted', times: 1 });
    expect((await simulator.call(GET, { BatchPredictionId: 'bp-deleted' })).json).toMatchObject({ Status: 'DELETED' });
  });
});

describe('a fault switch', () => {
  test('that changes what a call means lets every other call pass, uncounted', async () => {
    await simulator.faults({ fault: 'job-fails', times: 1 }, { fault: 'stop-ignored', times: 1 });
    await getModel();
    await simulator.call(GET, { BatchPredictionId: 'nothing' });
    expect(await simulator.admin('faults')).toHaveLength(2);
    await create('bp-marked');
    expect(await simulator.ended('bp-marked')).toMatchObject({ state: 'failed' });
    expect(await simulator.admin('faults')).toMatchObject([{ fault: 'stop-ignored', times: 1 }]);
  });

  test('for a purpose strikes the calls that serve it, whatever their service names them', async () => {
    await simulator.faults({ call: 'read', fault: 'throttle' }, { call: 'list', fault: 'access-denied' });
    const code = async (target: string, body: object) => (await simulator.call(target, body)).json.__type;
    expect(await code(GET, { BatchPredictionId: 'bp-any' })).toBe('ThrottlingException');
    const getJobs = 'AWSHawksNestServiceFacade.GetBatchPredictionJobs';
    expect(await code(getJobs, { jobId: 'any' })).toBe('ThrottlingException');
    expect(await code(getJobs, {})).toBe('AccessDeniedException');
    expect(await code('AmazonML_20141212.DescribeBatchPredictions', {})).toBe('AccessDeniedException');
    expect(await code('AmazonPersonalize.ListBatchSegmentJobs', {})).toBe('AccessDeniedException');
    expect((await getModel()).status).toBe(200);
  });

  test('strikes only the calls that it names, after those that it lets pass, as often as it says', async () => {
    await simulator.faults({
      service: 'machine-learning',
      operation: 'GetMLModel',
      fault: 'throttle',
      skip: 1,
      times: 2,
    });
    const statuses: number[] = [];
    for (let call = 1; call <= 5; call += 1) {
      statuses.push((await getModel()).status);
      expect((await simulator.call(GET, { BatchPredictionId: 'nothing' })).status).toBe(404);
    }
    expect(statuses).toEqual([200, 400, 400, 200, 200]);
  });

  test('without a count stays on until the switches are deleted', async () => {
    await simulator.faults({ fault: 'error-500-before', operation: 'GetMLModel' });
    expect([(await getModel()).status, (await getModel()).status]).toEqual([500, 500]);
    expect(await simulator.admin<object[]>('faults')).toMatchObject([{ fault: 'error-500-before' }]);
    await simulator.admin('faults', { method: 'DELETE' });
    expect((await getModel()).status).toBe(200);
  });

  test('for a job strikes calls that name it by its id or its ARN', async () => {
    await simulator.faults({ job: 'film-job', fault: 'access-denied' });
    const batchInferenceJobArn = 'arn:aws:personalize:eu-west-1:123456789012:batch-inference-job/film-job';
    const answer = await simulator.call('AmazonPersonalize.DescribeBatchInferenceJob', { batchInferenceJobArn });
    expect(answer.json.__type).toBe('AccessDeniedException');
  });

  test('leaves S3 alone unless it names S3, and speaks the words of S3 there', async () => {
    const get = () => simulator.s3.send(new GetObjectCommand({ Bucket: 'acme', Key: 'in/customers.csv' }));
    await simulator.faults({ fault: 'throttle' });
    await expect(get()).resolves.toBeDefined();
    await simulator.faults({ service: 's3', fault: 'throttle', times: 1 });
    await expect(get()).rejects.toMatchObject({ name: 'SlowDown', $metadata: { httpStatusCode: 503 } });
    await expect(get()).resolves.toBeDefined();
  });

  test.each([
    [[{ fault: 'earthquake' }], 'one of throttle, '],
    [[{ fault: 'slow', times: 0 }], '>0'],
    [[{ fault: 'slow', service: 's3', when: 'now' }], 'Unrecognized key'],
    [[{ fault: 'reset-after', service: 's3' }], 'cannot strike s3'],
    [[{ fault: 'throttle', service: 'frauddetector' }], 'there are machine-learning, fraud-detector, personalize, s3'],
    [[{ fault: 'stop-ignored', service: 's3' }], 'cannot strike s3'],
    [[{ fault: 'job-fails', call: 'read' }], 'cannot strike calls to read'],
    [{ fault: 'slow' }, 'expected array'],
  ])('that cannot be is refused with the reason: %j', async (switches, reason) => {
    const posted = simulator.admin('faults', { method: 'POST', body: JSON.stringify(switches) });
    await expect(posted).rejects.toThrow(reason);
    expect(await simulator.admin('faults')).toEqual([]);
  });
});

test('the retries of an SDK are seen as attempts of one call', async () => {
  await simulator.faults({ operation: 'CreateBatchPrediction', fault: 'throttle', times: 2 });
  const client = new MachineLearningClient({
    endpoint: simulator.endpoint,
    region: REGION,
    maxAttempts: 3,
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'not-a-secret' },
  });
  await client.send(new CreateBatchPredictionCommand(request('bp-retried')));
  client.destroy();
  const calls = await simulator.ledger('?job=bp-retried');
  expect(calls.map(({ attempt, errorCode, effect }) => [attempt, errorCode, effect])).toEqual([
    [1, 'ThrottlingException', 'none'],
    [2, 'ThrottlingException', 'none'],
    [3, undefined, 'created'],
  ]);
});
