import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { pino } from 'pino';
import type { Logger } from 'pino';
import { AdminApi, isAdminPath } from './admin-api.ts';
import { SERVICES } from './catalog.ts';
import { Clock } from './clock.ts';
import { FaultSwitches } from './faults.ts';
import { send } from './http-answer.ts';
import { JobBooks } from './jobs/job-book.ts';
import { JobRunner } from './jobs/job-runner.ts';
import { Slots } from '../slots.ts';
import { JsonApi } from './json-api.ts';
import { JobLogs } from './job-logs.ts';
import { Ledger } from './ledger.ts';
import { ResourceFile } from './resource-file.ts';
import { splitUrl } from './request-url.ts';
import { ObjectStore } from './s3/object-store.ts';
import { createS3Handler } from './s3/s3-handler.ts';
import { S3Gate } from './s3-gate.ts';
import type { CommonHost } from './service.ts';
import { takeFolder } from './simulator-folder.ts';
import type { SimulatorFolder } from './simulator-folder.ts';

/** Scoring takes real processor time: two jobs at once keep the simulator responsive. */
const SCORING_AT_ONCE = 2;
/** SDKs keep connections open; a server that closes them first makes their next request fail now and then. */
const KEEP_ALIVE_MILLISECONDS = 120_000;

export interface SimulatorOptions {
  /** @default 0, any free port */
  port?: number;
  /** @default 127.0.0.1 */
  host?: string;
  /** Holds resources.yaml (what exists), s3/ (buckets and objects) and state/ (jobs and ledger). */
  folder: string;
  /** How many simulated seconds pass for the jobs in one real second. @default 1 */
  speed?: number;
  /** What a folder without resources.yaml is filled with. @default the examples of the package */
  seedFolder?: string;
  /** @default none */
  log?: Logger;
}

export interface Simulator {
  /** For `AWS_ENDPOINT_URL`. */
  endpoint: string;
  /** Stops answering and leaves every job where it is; a later simulator on the same folder goes on with them. */
  close(): Promise<void>;
}

/**
 * Starts the simulated AWS services on one port: the JSON services by `X-Amz-Target`, the simulator's own API under
 * `/_simulator/`, and everything else is Amazon S3.
 *
 * @throws Error when the folder is in use or its resources.yaml is not valid, or the port is taken
 */
export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  const { port = 0, host = '127.0.0.1', speed = 1, log = pino({ enabled: false }) } = options;
  const clock = new Clock(speed);
  const folder = await takeFolder(options.folder, options.seedFolder);
  try {
    const engine = openEngine(folder, clock, log);
    const server = createServer((request, response) => void engine.answer(request, response));
    server.keepAliveTimeout = KEEP_ALIVE_MILLISECONDS;
    const endpoint = await listen(server, port, host);
    engine.resume();
    return {
      endpoint,
      close: async () => {
        await closeServer(server);
        await engine.close();
        await folder.release();
      },
    };
  } catch (error) {
    await folder.release();
    throw error;
  }
}

interface Engine {
  answer(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** Goes on with the jobs of an earlier simulator. */
  resume(): void;
  close(): Promise<void>;
}

function openEngine(folder: SimulatorFolder, clock: Clock, log: Logger): Engine {
  const definitions = SERVICES.map((create) => create());
  const resources = new ResourceFile(
    folder.resources,
    definitions.map(({ section }) => section),
    log,
  );
  const store = new ObjectStore(folder.objects);
  const books = new JobBooks(folder.state, clock);
  const ledger = new Ledger(folder.state);
  const faults = new FaultSwitches(definitions.map(({ name }) => name));
  const logs = new JobLogs();
  const runners: Pick<JobRunner<unknown>, 'resume' | 'close'>[] = [];
  const tools = { clock, store, workFolder: folder.work, scoring: new Slots(() => SCORING_AT_ONCE), log };
  const host: CommonHost = {
    account: () => resources.account,
    clock,
    store,
    logs,
    openJobs: (kind) => {
      const runner = new JobRunner(kind, books.open(kind), tools);
      runners.push(runner);
      return runner;
    },
  };
  const services = definitions.map((service) => ({ ...service, operations: service.open(host) }));
  const jsonApi = new JsonApi({ services, resources, faults, ledger, clock, log });
  const adminApi = new AdminApi({ ledger, books, resources, faults, logs });
  const s3Gate = new S3Gate({ handle: createS3Handler(store), faults, ledger, clock, log });

  const route = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const requestId = randomUUID();
    const { path } = splitUrl(request);
    if (request.headers['x-amz-target'] !== undefined) {
      send(response, await jsonApi.answer(request, requestId), { 'x-amzn-RequestId': requestId });
    } else if (isAdminPath(path) && request.headers.authorization === undefined) {
      send(response, await adminApi.answer(request));
    } else {
      await s3Gate.answer(request, response, requestId);
    }
  };
  return {
    answer: (request, response) =>
      route(request, response).catch((error: unknown) => {
        log.error({ error, method: request.method }, 'A request could not be answered');
        response.destroy();
      }),
    resume: () => {
      for (const runner of runners) runner.resume();
    },
    close: async () => {
      await Promise.all(runners.map((runner) => runner.close()));
      books.close();
      ledger.close();
    },
  };
}

function listen(server: Server, port: number, host: string): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(error.code === 'EADDRINUSE' ? new Error(`Port ${port} is taken; choose another one.`) : error);
    });
    server.listen(port, host, () => {
      const address = server.address();
      const boundPort = typeof address === 'object' && address !== null ? address.port : port;
      resolve(`http://${host.includes(':') ? `[${host}]` : host}:${boundPort}`);
    });
  });
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
