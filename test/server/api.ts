import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { pino, type Logger } from 'pino';
import { inject } from 'vitest';
import type { PipelineDefinition } from '../../src/pipeline/definition.ts';
import { SHORT_PAUSES } from '../../src/server/context.ts';
import { startServer, type RunningServer, type ServerOptions } from '../../src/server/server.ts';

export interface Answer {
  status: number;
  headers: Headers;
  body: Record<string, unknown>;
}

export interface Api extends RunningServer {
  /** Sends a request, with the body as JSON unless it is a text. */
  send(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  get(path: string, headers?: Record<string, string>): Promise<Answer>;
  post(path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  /** Entries of the log, the oldest first. */
  log: Record<string, unknown>[];
  folder: string;
  temporal: Client;
}

/** The API on a free port, at the Temporal server that all tests share or at another, with a folder of these pipelines. */
export async function startApi(
  pipelines: readonly PipelineDefinition[],
  options: Partial<ServerOptions> & { temporalAddress?: string } = {},
): Promise<Api> {
  const folder = await mkdtemp(join(tmpdir(), 'nightscore-api-'));
  for (const pipeline of pipelines) await writeFile(join(folder, `${pipeline.name}.yaml`), JSON.stringify(pipeline));
  const address = options.temporalAddress ?? inject('temporalAddress');
  const connection = await Connection.connect({ address, ...SHORT_PAUSES });
  const temporal = new Client({ connection });
  const { log, entries } = keptLog();
  const server = await startServer({
    host: '127.0.0.1',
    port: 0,
    temporal,
    taskQueue: 'nobody-works-here',
    pipelinesFolder: folder,
    rate: 100_000,
    version: '0.0.0',
    log,
    ...options,
  });
  const send: Api['send'] = async (method, path, body, headers = {}) => {
    const response = await fetch(server.url + path, {
      method,
      headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text === '' ? {} : bodyOf(text) };
  };
  return {
    url: server.url,
    temporal,
    waiting: () => server.waiting(),
    send,
    get: (path, headers) => send('GET', path, undefined, headers),
    post: (path, body, headers) => send('POST', path, body, headers),
    log: entries,
    folder,
    async close() {
      await server.close();
      await connection.close();
      await rm(folder, { recursive: true });
    },
  };
}

function bodyOf(text: string): Record<string, unknown> {
  return JSON.parse(text) as Record<string, unknown>;
}

function keptLog(): { log: Logger; entries: Record<string, unknown>[] } {
  const entries: Record<string, unknown>[] = [];
  const log = pino({ level: 'debug' }, { write: (line) => void entries.push(bodyOf(line)) });
  return { log, entries };
}
