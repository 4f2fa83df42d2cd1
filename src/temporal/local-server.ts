import { mkdir } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import type { SearchAttributeType } from '@temporalio/common';
import type { Logger } from 'pino';
import { holdersOf } from './file-holders.ts';
import { tryPort } from './free-port.ts';
import { SEARCH_ATTRIBUTE_KEYS } from './search-attribute-keys.ts';
import { SEARCH_ATTRIBUTE_TYPES } from './search-attribute-types.ts';
import { findServerBinary } from './server-binary.ts';
import { startSupervised } from './server-process.ts';
import type { SupervisedProcess } from './server-process.ts';
import { probe } from './tcp-probe.ts';

const HOST = '127.0.0.1';
const START_TIMEOUT_MS = 60_000;
const READY_POLL_MS = 50;
const CALL_TIMEOUT_MS = 5000;
/** A free port may be taken by somebody else before the server has it. */
const PORT_TRIES = 3;

export interface LocalServerOptions {
  /** File that keeps Temporal's data, made if it is not there; without it the data is gone when the server ends. */
  dataFile?: string;
  /** Of the frontend; 0, the default, for any that is free. */
  port?: number;
  /** Of the web UI; 0 for any that is free, `none` for no web UI. Default: `port` + 1000, or any if that is 0. */
  uiPort?: number | 'none';
  /** Made if it is not there. Default: `default`. */
  namespace?: string;
  log?: Logger;
  /** Registered at the start. Default: Nightscore's own. */
  searchAttributes?: readonly { name: string; type: SearchAttributeType }[];
}

export interface LocalServer {
  /** `host:port` of the frontend. */
  address: string;
  /** Of the web UI, if there is one. */
  uiUrl?: string;
  pid: number;
  /** Resolves when the server has ended, for whatever reason. */
  ended: Promise<void>;
  /** Ends the server and waits until it has ended. */
  stop(): Promise<void>;
}

/** The local Temporal server did not start; the message says why and what to do. */
export class LocalServerError extends Error {
  override readonly name = 'LocalServerError';
}

/**
 * Starts the real Temporal server, `temporal server start-dev`, on this machine only, and waits until it answers.
 * It never outlives this process.
 *
 * @throws ServerNotFoundError if there is no binary of it, LocalServerError if it does not start
 */
export async function startLocalServer(options: LocalServerOptions = {}): Promise<LocalServer> {
  const binary = await findServerBinary(options.log);
  if (options.dataFile !== undefined) {
    await assertUnused(options.dataFile);
    await mkdir(dirname(resolve(options.dataFile)), { recursive: true });
  }
  for (let tries = 1; ; tries++) {
    const ports = await choosePorts(options);
    const server = await startSupervised(binary, argumentsOf(options, ports), options.log);
    try {
      await untilReady(server, `${HOST}:${ports.port}`, options);
      return toLocalServer(server, ports);
    } catch (error) {
      await server.stop();
      const mayTryAgain =
        (options.port ?? 0) === 0 && tries < PORT_TRIES && /address already in use/.test(String(error));
      if (!mayTryAgain) throw error;
    }
  }
}

interface Ports {
  port: number;
  uiPort: number | 'none';
}

async function choosePorts({ port = 0, uiPort = port === 0 ? 0 : port + 1000 }: LocalServerOptions): Promise<Ports> {
  return {
    port: await claimPort(port, 'port'),
    uiPort: uiPort === 'none' ? 'none' : await claimPort(uiPort, 'port of the web UI'),
  };
}

/** Looks before the server does: it would not be the server that answers there. */
async function claimPort(port: number, what: string): Promise<number> {
  try {
    return await tryPort(HOST, port);
  } catch (cause) {
    const message = `Port ${port} is taken or not allowed: stop what listens there, or choose another ${what} for the local Temporal server.`;
    throw new LocalServerError(message, { cause });
  }
}

function argumentsOf(options: LocalServerOptions, { port, uiPort }: Ports): string[] {
  const { dataFile, namespace = 'default', searchAttributes = Object.values(SEARCH_ATTRIBUTE_KEYS) } = options;
  return [
    'server',
    'start-dev',
    `--ip=${HOST}`,
    `--port=${port}`,
    `--namespace=${namespace}`,
    '--log-level=warn',
    uiPort === 'none' ? '--headless' : `--ui-port=${uiPort}`,
    ...(dataFile === undefined ? [] : [`--db-filename=${resolve(dataFile)}`]),
    ...searchAttributes.map(({ name, type }) => `--search-attribute=${name}=${SEARCH_ATTRIBUTE_TYPES[type].cliName}`),
  ];
}

async function untilReady(server: SupervisedProcess, address: string, options: LocalServerOptions): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  let hasEnded = false;
  const ended = server.ended.then(() => (hasEnded = true));
  while (!(await answers(address, options.namespace ?? 'default'))) {
    if (hasEnded) throw new LocalServerError(`The local Temporal server did not start: ${server.lastWords()}`);
    if (Date.now() > deadline) {
      const message = `The local Temporal server did not answer at ${address} within ${START_TIMEOUT_MS / 1000} s. It said: ${server.lastWords()}`;
      throw new LocalServerError(message);
    }
    await Promise.race([delay(READY_POLL_MS), ended]);
  }
  if (options.dataFile !== undefined) await assertUnused(options.dataFile, server.pid);
}

/** Two servers on one file would both start, and lose each other's data: the server itself takes no lock. */
async function assertUnused(dataFile: string, exceptBy?: number): Promise<void> {
  const [holder] = (await holdersOf(dataFile)).filter((pid) => pid !== exceptBy);
  if (holder === undefined) return;
  const message = `The data file ${dataFile} is in use by process ${holder}, likely another local Temporal server: stop that one, or choose another file.`;
  throw new LocalServerError(message);
}

async function answers(address: string, namespace: string): Promise<boolean> {
  const [host = HOST, port] = address.split(':');
  if ((await probe(host, Number(port), CALL_TIMEOUT_MS)) !== undefined) return false;
  try {
    const connection = await Connection.connect({ address, connectTimeout: CALL_TIMEOUT_MS });
    try {
      const deadline = Date.now() + CALL_TIMEOUT_MS;
      await connection.withDeadline(deadline, () => connection.workflowService.describeNamespace({ namespace }));
      return true;
    } finally {
      await connection.close();
    }
  } catch {
    return false;
  }
}

function toLocalServer(server: SupervisedProcess, { port, uiPort }: Ports): LocalServer {
  return {
    address: `${HOST}:${port}`,
    ...(uiPort === 'none' ? {} : { uiUrl: `http://${HOST}:${uiPort}` }),
    pid: server.pid,
    ended: server.ended,
    stop: server.stop,
  };
}
