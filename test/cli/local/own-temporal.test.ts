import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { temporalOfUser } from '../../../src/cli/local/own-temporal.ts';
import { SettingsError } from '../../../src/settings.ts';

let folder: string;
let profiles: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nightscore-profiles-'));
  profiles = join(folder, 'temporal.toml');
  await writeFile(
    profiles,
    '[profile.default]\n[profile.here]\naddress = "localhost:7999"\n[profile.cloud]\naddress = "night.a1b2c.tmprl.cloud:7233"\n',
  );
});
afterAll(() => rm(folder, { recursive: true }));

function temporalOf(variables: NodeJS.ProcessEnv) {
  return temporalOfUser({ TEMPORAL_CONFIG_FILE: profiles, ...variables });
}

describe('temporalOfUser', () => {
  it('finds no server where none is named, but the namespace', () => {
    expect(temporalOf({})).toEqual({ namespace: 'default' });
    expect(temporalOf({ TEMPORAL_NAMESPACE: 'night' })).toEqual({ namespace: 'night' });
  });

  it.each([
    { variables: { TEMPORAL_ADDRESS: '127.0.0.1:7999' }, address: '127.0.0.1:7999' },
    { variables: { TEMPORAL_ADDRESS: '[::1]:7999' }, address: '[::1]:7999' },
    { variables: { TEMPORAL_PROFILE: 'here' }, address: 'localhost:7999' },
  ])('finds the server on this machine that $variables names', ({ variables, address }) => {
    expect(temporalOf(variables).own?.address.value).toBe(address);
  });

  it.each([
    { variables: { TEMPORAL_ADDRESS: 'temporal.example.com:7233' }, source: 'TEMPORAL_ADDRESS' },
    { variables: { TEMPORAL_PROFILE: 'cloud' }, source: 'profile "cloud"' },
  ])('refuses a server on another machine, where a worker with simulated jobs would do harm: $variables', (row) => {
    expect(() => temporalOf(row.variables)).toThrow(SettingsError);
    expect(() => temporalOf(row.variables)).toThrow(row.source);
  });
});
