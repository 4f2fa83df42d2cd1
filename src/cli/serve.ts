import { Client } from '@temporalio/client';
import { InvalidInputError } from '../client/errors.ts';
import { SHORT_PAUSES } from '../server/context.ts';
import { followTokens, type FollowTokensOptions } from '../server/followed-tokens.ts';
import { startServer, type ServerOptions } from '../server/server.ts';
import { readSettings } from '../settings.ts';
import { connectClient } from '../temporal/connection.ts';
import { readTemporalSettings } from '../temporal/connection-settings.ts';
import { isLoopbackHost } from '../loopback.ts';
import { assertPortIsFree } from './local/ports.ts';
import { aborted, listenForInterruption } from './process/interruption.ts';
import { createLog } from './process/log.ts';
import { version } from './version.ts';

export interface ServeOptions {
  host: string;
  port: number;
  tokens?: string;
  /** False with `--no-auth`. */
  auth: boolean;
  rate: number;
}

/** `nightscore serve`: the HTTP API, until a signal ends it. */
export async function serve(options: ServeOptions): Promise<void> {
  const signal = listenForInterruption();
  const settings = readSettings();
  const temporal = readTemporalSettings();
  const log = createLog(settings.logLevel);
  const callerOf = await callersOf(options, { log, signal });
  const { host, port, rate } = options;
  await assertPortIsFree({ port, option: '--port', host });
  const connection = await connectClient(temporal, SHORT_PAUSES);
  const namespace = temporal.namespace.value;
  try {
    const { taskQueue, pipelinesFolder } = settings;
    const client = new Client({ connection, namespace });
    const server = await startServer({
      host,
      port,
      temporal: client,
      taskQueue,
      pipelinesFolder,
      ...(callerOf && { callerOf }),
      rate,
      version: version(),
      log,
    });
    log.info(
      { url: server.url, address: temporal.address.value, namespace, taskQueue, pipelinesFolder },
      'The API is ready',
    );
    await aborted(signal);
    log.info('The API stops; who waits for a run is told how it stands');
    await server.close();
  } finally {
    await connection.close();
  }
}

/** Undefined when everybody may who is on this machine. Throws an InvalidInputError when nobody says who may call, and a TokensFileError. */
async function callersOf(
  { auth, tokens: file, host }: ServeOptions,
  follow: FollowTokensOptions,
): Promise<ServerOptions['callerOf']> {
  if (file !== undefined && !auth) throw new InvalidInputError(['Give --tokens or --no-auth, not both.']);
  if (file !== undefined) {
    const tokens = await followTokens(file, follow);
    return (token) => (token === undefined ? undefined : tokens.callerOf(token));
  }
  if (auth) {
    throw new InvalidInputError([
      'serve needs to know who may call: give --tokens FILE, with entries that `nightscore token` makes; or --no-auth, on this machine only.',
    ]);
  }
  if (!isLoopbackHost(host)) {
    throw new InvalidInputError([
      `--no-auth lets everybody in who reaches the server, so it goes with --host 127.0.0.1 only, not with ${host}: give --tokens FILE.`,
    ]);
  }
  return undefined;
}
