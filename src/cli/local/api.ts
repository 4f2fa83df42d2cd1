import { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import { SHORT_PAUSES } from '../../server/context.ts';
import { startServer } from '../../server/server.ts';
import type { Settings } from '../../settings.ts';
import { connectClient } from '../../temporal/connection.ts';
import type { TemporalSettings } from '../../temporal/connection-settings.ts';
import { version } from '../version.ts';

/** No limit that a person at his own machine would notice. */
const RATE = 1000;

export interface LocalApi {
  url: string;
  stop(): Promise<void>;
}

/** The HTTP API for whoever is on this machine, without tokens. */
export async function startLocalApi(options: {
  port: number;
  temporal: TemporalSettings;
  settings: Settings;
  log: Logger;
}): Promise<LocalApi> {
  const { port, temporal, log } = options;
  const { taskQueue, pipelinesFolder } = options.settings;
  const connection = await connectClient(temporal, SHORT_PAUSES);
  const client = new Client({ connection, namespace: temporal.namespace.value });
  try {
    const server = await startServer({
      host: '127.0.0.1',
      port,
      temporal: client,
      taskQueue,
      pipelinesFolder,
      rate: RATE,
      version: version(),
      log,
    });
    const stop = async () => {
      await server.close();
      await connection.close();
    };
    return { url: server.url, stop };
  } catch (error) {
    await connection.close();
    throw error;
  }
}
