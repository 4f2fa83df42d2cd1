import { Client } from '@temporalio/client';
import { NightscoreClient } from '../../client/nightscore-client.ts';
import { NightscoreSchedules } from '../../client/schedules/nightscore-schedules.ts';
import { readSettings } from '../../settings.ts';
import { connectClient } from '../../temporal/connection.ts';
import { readTemporalSettings, type TemporalSettings } from '../../temporal/connection-settings.ts';
import { runPage, webUiOf } from './web-ui.ts';

export interface ConnectedNightscore {
  client: NightscoreClient;
  schedules: NightscoreSchedules;
  /** The page of a run in Temporal's web UI, if that is known. */
  webPage(run: string): Promise<string | undefined>;
}

/** Connects to the Temporal of the environment or of its profile, for as long as `use` takes. Throws a TemporalConnectionError or a SettingsError. */
export async function withNightscore<T>(use: (nightscore: ConnectedNightscore) => Promise<T>): Promise<T> {
  const { taskQueue } = readSettings();
  return withTemporal(readTemporalSettings(), taskQueue, use);
}

/** The same for a Temporal that is given. */
export async function withTemporal<T>(
  temporal: TemporalSettings,
  taskQueue: string,
  use: (nightscore: ConnectedNightscore) => Promise<T>,
): Promise<T> {
  const connection = await connectClient(temporal);
  const namespace = temporal.namespace.value;
  try {
    const options = { client: new Client({ connection, namespace }), taskQueue };
    const client = new NightscoreClient(options);
    const schedules = new NightscoreSchedules(options);
    const webPage = async (run: string) => {
      const webUi = await webUiOf(temporal);
      return webUi && runPage(webUi, namespace, run);
    };
    return await use({ client, schedules, webPage });
  } finally {
    await connection.close();
  }
}
