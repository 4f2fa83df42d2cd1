import { existsSync } from 'node:fs';
import { loadClientConfigProfile, toClientOptions } from '@temporalio/envconfig';
import type { ClientConfigProfile } from '@temporalio/envconfig';
import type { ConnectionOptions } from '@temporalio/client';
import { SettingsError } from '../settings.ts';

const DEFAULT_PORT = 7233;
const LARGEST_PORT = 65_535;
const DEFAULT_ADDRESS = `127.0.0.1:${DEFAULT_PORT}`;
const DEFAULT_NAMESPACE = 'default';

/** A setting and where it comes from. */
export interface SourcedSetting {
  value: string;
  /** For a person: a variable, a profile of a file, or Nightscore's default. */
  source: string;
}

/** Which Temporal to use, and how. */
export interface TemporalSettings {
  address: SourcedSetting;
  namespace: SourcedSetting;
  /** Holds credentials: not for logs. */
  options: Pick<ConnectionOptions, 'tls' | 'metadata'> & { apiKey?: string };
}

/**
 * Reads the variables and the profile file of the `temporal` CLI: `TEMPORAL_ADDRESS`, `TEMPORAL_NAMESPACE`, `TEMPORAL_API_KEY`,
 * `TEMPORAL_TLS…`, `TEMPORAL_PROFILE`, `TEMPORAL_CONFIG_FILE`. An empty variable counts as not set.
 *
 * @throws SettingsError
 */
export function readTemporalSettings(environment: NodeJS.ProcessEnv = process.env): TemporalSettings {
  const variables: Record<string, string> = {};
  for (const [name, value] of Object.entries(environment)) if (value) variables[name] = value;
  const profile = loadProfile(variables);
  const profileSource = `profile "${variables['TEMPORAL_PROFILE'] ?? 'default'}" of ${fileName(variables)}`;
  const sourced = (variable: string, value: string | undefined, standard: string): SourcedSetting => {
    if (variables[variable] !== undefined) return { value: variables[variable], source: variable };
    return value ? { value, source: profileSource } : { value: standard, source: 'the default' };
  };
  return {
    address: sourced('TEMPORAL_ADDRESS', profile.address, DEFAULT_ADDRESS),
    namespace: sourced('TEMPORAL_NAMESPACE', profile.namespace, DEFAULT_NAMESPACE),
    options: connectionOptions(profile),
  };
}

/** Host and port of an address such as `localhost:7233`, `[::1]:7233` or `temporal.example`. */
export function hostAndPort({ value, source }: SourcedSetting): { host: string; port: number } {
  const [, ipv6, name, digits] = /^(?:\[([\da-f:.]+)\]|([^\s:/@[\]]+))(?::(\d{1,5}))?$/i.exec(value) ?? [];
  const host = ipv6 ?? name;
  const port = Number(digits ?? DEFAULT_PORT);
  if (host === undefined || port > LARGEST_PORT) {
    throw new SettingsError(`The address of Temporal must be host:port, not "${value}" (from ${source}).`);
  }
  return { host, port };
}

function loadProfile(variables: Record<string, string>): ClientConfigProfile {
  const file = variables['TEMPORAL_CONFIG_FILE'];
  if (file !== undefined && !existsSync(file)) {
    throw new SettingsError(`TEMPORAL_CONFIG_FILE names ${file}, which does not exist.`);
  }
  return orSettingsError(variables, () => {
    try {
      return loadClientConfigProfile({ overrideEnvVars: variables });
    } catch (error) {
      // A file without any profile makes the library stumble over the default one, which nobody asked for.
      if (!(error instanceof TypeError) || variables['TEMPORAL_PROFILE'] !== undefined) throw error;
      return loadClientConfigProfile({ overrideEnvVars: variables, disableFile: true });
    }
  });
}

function connectionOptions(profile: ClientConfigProfile): TemporalSettings['options'] {
  const { apiKey, tls, metadata } = orSettingsError({}, () => toClientOptions(profile).connectionOptions);
  return {
    ...(apiKey === undefined ? {} : { apiKey }),
    ...(tls === undefined ? {} : { tls }),
    ...(metadata === undefined ? {} : { metadata }),
  };
}

function orSettingsError<T>(variables: Record<string, string>, load: () => T): T {
  try {
    return load();
  } catch (error) {
    // Only the first line: a parser shows lines of the file after it, which may hold a key.
    const [problem] = error instanceof Error ? error.message.split('\n') : [String(error)];
    throw new SettingsError(
      `The settings for Temporal (TEMPORAL_… variables, ${fileName(variables)}) cannot be used: ${problem}`,
    );
  }
}

function fileName(variables: Record<string, string>): string {
  return variables['TEMPORAL_CONFIG_FILE'] ?? "Temporal's temporal.toml";
}
