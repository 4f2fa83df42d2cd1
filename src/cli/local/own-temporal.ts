import { SettingsError } from '../../settings.ts';
import { hostAndPort, readTemporalSettings, type TemporalSettings } from '../../temporal/connection-settings.ts';
import { isLoopbackHost } from '../../loopback.ts';

/**
 * What the user's variables and profile say of Temporal: a server of his own, or only the namespace of one that is to be started.
 * Throws a SettingsError when the server is not on this machine: a worker that runs its jobs at a simulator would take over the real
 * runs of others there.
 */
export function temporalOfUser(environment: NodeJS.ProcessEnv): { own?: TemporalSettings; namespace: string } {
  const temporal = readTemporalSettings(environment);
  const { value, source } = temporal.address;
  const namespace = temporal.namespace.value;
  if (source === 'the default') return { namespace };
  if (isLoopbackHost(hostAndPort(temporal.address).host)) return { own: temporal, namespace };
  throw new SettingsError(
    `\`dev\` does not use the Temporal at ${value} (from ${source}): it is not on this machine, and a worker with simulated jobs would take ` +
      'over real runs there. Let TEMPORAL_ADDRESS or TEMPORAL_PROFILE name a server on this machine, or none, and `dev` starts one.',
  );
}
