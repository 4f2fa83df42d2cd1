import { NativeConnection } from '@temporalio/worker';
import { connectClient } from './connection.ts';
import { TemporalUnreachableError } from './connection-errors.ts';
import type { TemporalSettings } from './connection-settings.ts';

/**
 * Connects a worker to Temporal. It stands alone because it loads the SDK's native part, which a client does not need.
 *
 * @throws TemporalConnectionError, by its kind, or SettingsError
 */
export async function connectWorker(settings: TemporalSettings): Promise<NativeConnection> {
  // A client says better what is wrong: the native part has one error for everything.
  const client = await connectClient(settings);
  await client.close();
  try {
    return await NativeConnection.connect({ ...settings.options, address: settings.address.value });
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    throw new TemporalUnreachableError(problem, settings.address, settings.namespace, error);
  }
}
