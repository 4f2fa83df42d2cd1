import { readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ZodObject } from 'zod';
import { FAULTS } from '../../src/simulator/faults.ts';
import { settingsSchema as fraudDetector } from '../../src/simulator/fraud-detector/settings.ts';
import { settingsSchema as machineLearning } from '../../src/simulator/machine-learning/settings.ts';
import { RECIPES } from '../../src/simulator/personalize/recipes.ts';
import { settingsSchema as personalize } from '../../src/simulator/personalize/settings.ts';
import { sharedSettingsSchema } from '../../src/simulator/settings.ts';
import { startSimulator } from '../../src/simulator/simulator.ts';
import { makeFolder, startTestSimulator } from './test-simulator.ts';

const page = readFileSync(new URL('../../docs/simulator.md', import.meta.url), 'utf8');

/** The first cells of the rows of a section's table, without the header and the marks of code. */
function rowsOf(section: string): string[][] {
  const [, text = ''] = new RegExp(`^## ${section}$(.*?)(?=^## |$(?![^]))`, 'ms').exec(page) ?? [];
  const rows = text.split('\n').filter((line) => line.startsWith('| '));
  return rows.slice(2).map((row) =>
    row
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim().replaceAll('`', '')),
  );
}

/** Every setting with its default, by its dotted name. */
function defaultsOf(schema: ZodObject, prefix = ''): [string, string][] {
  const defaults = new Map<string, unknown>(Object.entries(schema.parse({})));
  return Object.keys(schema.shape).flatMap((key): [string, string][] => {
    const value = defaults.get(key);
    if (typeof value === 'object' && value !== null) return flatten(value, `${prefix}${key}.`);
    return [[`${prefix}${key}`, shown(`${prefix}${key}`, value)]];
  });
}

function flatten(values: object, prefix: string): [string, string][] {
  return Object.entries(values).map(([key, value]) => [`${prefix}${key}`, shown(key, value)]);
}

function shown(key: string, value: unknown): string {
  if (value === undefined) return 'none';
  if (key === 'message') return 'a text';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

describe('the page about the simulator', () => {
  test('has every setting with its default', () => {
    expect(rowsOf('Settings').map(([key, value]) => [key, value])).toEqual([
      ...defaultsOf(sharedSettingsSchema),
      ...defaultsOf(machineLearning, 'machineLearning.'),
      ...defaultsOf(fraudDetector, 'fraudDetector.'),
      ...defaultsOf(personalize, 'personalize.'),
    ]);
  });

  test('says of every setting where it comes from', () => {
    const sources = new Set(rowsOf('Settings').map((row) => row.at(-1)));
    expect(sources).toEqual(new Set(['documented', 'observed', 'assumed']));
  });

  test('has every fault with its moment', () => {
    const documented = rowsOf('Faults').map(([name, moment]) => [name, moment]);
    expect(documented).toEqual(Object.entries(FAULTS).map(([name, { moment }]) => [name, moment]));
  });

  test('has every call of the own API', async () => {
    const simulator = await startTestSimulator();
    const { known } = (await (await fetch(`${simulator.endpoint}/_simulator/`)).json()) as { known: string[] };
    await simulator.close();
    expect(rowsOf('Its own API').map(([call]) => call)).toEqual(expect.arrayContaining(known));
    expect(rowsOf('Its own API')).toHaveLength(known.length);
  });

  test('has every recipe', () => {
    for (const recipe of Object.keys(RECIPES)) expect(page).toContain(`\`${recipe.replace('-v2', '')}\``);
  });

  test('shows a resources.yaml that the simulator takes', async () => {
    const [, example = ''] = /^```yaml\n(account: .*?)^```$/ms.exec(page) ?? [];
    const folder = await makeFolder();
    await writeFile(join(folder, 'resources.yaml'), example);
    const simulator = await startSimulator({ folder });
    const resources = await fetch(`${simulator.endpoint}/_simulator/resources`);
    await simulator.close();
    expect(await resources.json()).toMatchObject({ account: '123456789012' });
    await rm(folder, { recursive: true });
  });
});
