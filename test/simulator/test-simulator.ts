import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FraudDetectorClient } from '@aws-sdk/client-frauddetector';
import { MachineLearningClient } from '@aws-sdk/client-machine-learning';
import { PersonalizeClient } from '@aws-sdk/client-personalize';
import { S3Client } from '@aws-sdk/client-s3';
import type { JobEntry } from '../../src/simulator/jobs/simulated-job.ts';
import type { LedgerEntry } from '../../src/simulator/ledger.ts';
import { ObjectStore } from '../../src/simulator/s3/object-store.ts';
import { startSimulator } from '../../src/simulator/simulator.ts';
import { ACCOUNT_RESOURCES } from './account-resources.ts';

export const REGION = 'eu-west-1';

/** So fast that jobs end as soon as they are scored. */
const FASTEST = 1_000_000;

/** A job as `/_simulator/jobs` tells it. */
export type TrueJob = Pick<JobEntry, 'service' | 'kind' | 'id' | 'state' | 'message' | 'records'> & {
  output: string[];
};

export interface RawAnswer {
  status: number;
  headers: Headers;
  text: string;
  /** The body of a JSON 1.1 answer. */
  json: { __type?: string; message?: string; [member: string]: unknown };
}

export interface TestSimulator {
  readonly endpoint: string;
  readonly folder: string;
  machineLearning: MachineLearningClient;
  fraudDetector: FraudDetectorClient;
  personalize: PersonalizeClient;
  s3: S3Client;
  /** Sends one JSON 1.1 request as it is, for example to `AmazonML_20141212.GetMLModel`. */
  call(target: string, body: unknown, headers?: Record<string, string>): Promise<RawAnswer>;
  admin<Value>(path: string, init?: RequestInit): Promise<Value>;
  faults(...switches: object[]): Promise<unknown>;
  ledger(query?: string): Promise<LedgerEntry[]>;
  jobs(): Promise<TrueJob[]>;
  /** The job of this id, once the simulator has brought it to an end. */
  ended(id: string): Promise<TrueJob>;
  /** The bytes of an object, by its S3 URI. */
  read(uri: string): Promise<Buffer>;
  /** Closes the simulator and starts another one on the same folder. */
  restart(speed?: number): Promise<void>;
  close(): Promise<void>;
}

export interface TestSimulatorOptions {
  /** The content of resources.yaml. */
  resources?: object;
  /** The content of objects, by bucket and key: `bucket/key`. */
  objects?: Record<string, string | Buffer>;
  speed?: number;
}

/** A simulator in a folder of its own, and the AWS clients that speak to it. */
export async function startTestSimulator(options: TestSimulatorOptions = {}): Promise<TestSimulator> {
  const folder = await makeFolder(options);
  let simulator = await startSimulator({ folder, speed: options.speed ?? FASTEST });
  let clients = makeClients(simulator.endpoint);
  const admin = async <Value>(path: string, init?: RequestInit): Promise<Value> => {
    const response = await fetch(`${simulator.endpoint}/_simulator/${path}`, init);
    if (!response.ok) throw new Error(await response.text());
    return (await response.json()) as Value;
  };
  const jobs = (): Promise<TrueJob[]> => admin('jobs');
  const stop = async (): Promise<void> => {
    for (const client of Object.values(clients)) client.destroy();
    await simulator.close();
  };
  return {
    get endpoint() {
      return simulator.endpoint;
    },
    folder,
    get machineLearning() {
      return clients.machineLearning;
    },
    get fraudDetector() {
      return clients.fraudDetector;
    },
    get personalize() {
      return clients.personalize;
    },
    get s3() {
      return clients.s3;
    },
    call: (target, body, headers = {}) => rawCall(simulator.endpoint, target, body, headers),
    admin,
    faults: (...switches) => admin('faults', { method: 'POST', body: JSON.stringify(switches) }),
    ledger: (query = '') => admin(`ledger${query}`),
    jobs,
    ended: async (id) => {
      for (;;) {
        const job = (await jobs()).findLast((one) => one.id === id);
        if (job !== undefined && !['queued', 'running', 'stopping'].includes(job.state)) return job;
      }
    },
    read: (uri) => readFile(join(folder, 's3', uri.replace('s3://', ''))),
    restart: async (speed = options.speed ?? FASTEST) => {
      await stop();
      simulator = await startSimulator({ folder, speed });
      clients = makeClients(simulator.endpoint);
    },
    close: async () => {
      await stop();
      await rm(folder, { recursive: true });
    },
  };
}

/** A simulator's folder that no simulator has seen yet. */
export async function makeFolder({ resources, objects = {} }: TestSimulatorOptions = {}): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'nightscore-simulator-'));
  await writeResources(folder, resources ?? ACCOUNT_RESOURCES);
  const store = new ObjectStore(join(folder, 's3'));
  for (const [path, content] of Object.entries(objects)) {
    const [bucket = '', ...key] = path.split('/');
    if (!(await store.hasBucket(bucket))) await store.createBucket(bucket);
    await store.put(bucket, key.join('/'), content);
  }
  return folder;
}

/** JSON is YAML. */
export async function writeResources(folder: string, resources: object): Promise<void> {
  await writeFile(join(folder, 'resources.yaml'), JSON.stringify(resources, undefined, 2));
}

function makeClients(endpoint: string) {
  const settings = {
    endpoint,
    region: REGION,
    maxAttempts: 1,
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'not-a-secret' },
  };
  return {
    machineLearning: new MachineLearningClient(settings),
    fraudDetector: new FraudDetectorClient(settings),
    personalize: new PersonalizeClient(settings),
    s3: new S3Client({ ...settings, forcePathStyle: true }),
  };
}

const SIGNING_NAMES: Record<string, string> = {
  AmazonML_20141212: 'machinelearning',
  AWSHawksNestServiceFacade: 'frauddetector',
  AmazonPersonalize: 'personalize',
};

/** The headers of a request that is signed now, as far as the simulator can tell. */
export function signatureHeaders(signingName: string, moment: Date = new Date()): Record<string, string> {
  const date = moment.toISOString().replace(/[-:]|\.\d{3}/g, '');
  const credential = `AKIDEXAMPLE/${date.slice(0, 8)}/${REGION}/${signingName}/aws4_request`;
  return {
    'X-Amz-Date': date,
    Authorization: `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host;x-amz-date, Signature=${'0'.repeat(64)}`,
  };
}

async function rawCall(
  endpoint: string,
  target: string,
  body: unknown,
  headers: Record<string, string>,
): Promise<RawAnswer> {
  const signingName = SIGNING_NAMES[target.split('.')[0] ?? ''] ?? 'machinelearning';
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: {
      'X-Amz-Target': target,
      'Content-Type': 'application/x-amz-json-1.1',
      ...signatureHeaders(signingName),
      ...headers,
    },
    body: typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type') === 'application/x-amz-json-1.1';
  return {
    status: response.status,
    headers: response.headers,
    text,
    json: isJson ? (JSON.parse(text) as RawAnswer['json']) : {},
  };
}
