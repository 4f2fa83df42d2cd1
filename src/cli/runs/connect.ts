import { Client } from '@temporalio/client';
import { NightscoreClient } from '../../client/nightscore-client.ts';
import { readSettings } from '../../settings.ts';
import { connectClient } from '../../temporal/connection.ts';
import { readTemporalSettings, type TemporalSettings } from '../../temporal/connection-settings.ts';
import { webUiOf } from './web-ui.ts';

export interface ConnectedNightscore {
  client: NightscoreClient;
  /** Where a run is seen in Temporal's web UI, if that is known. */
  webUi(run: string): Promise<string | undefined>;
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
    const client = new NightscoreClient({ client: new Client({ connection, namespace }), taskQueue });
    return await use({ client, webUi: (run) => webUiOf(run, temporal) });
  } finally {
    await connection.close();
  }
}
