import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { EXIT_CODE_MEANINGS } from '../../src/cli/process/exit-codes.ts';
import { createProgram } from '../../src/cli/program.ts';
import { readSettings } from '../../src/settings.ts';

const SOURCE = fileURLToPath(new URL('../../src', import.meta.url));
const page = readFileSync(new URL('../../docs/command.md', import.meta.url), 'utf8');
const subcommands = leavesOf(createProgram());

/** The commands that do something, with their whole names: `schedule apply` is one, `schedule` is not. */
function leavesOf(parent: Command, path: readonly string[] = []): { name: string; command: Command }[] {
  return parent.commands.flatMap((command) => {
    const names = [...path, command.name()];
    return command.commands.length > 0 ? leavesOf(command, names) : [{ name: names.join(' '), command }];
  });
}

/** The part of the page about a subcommand. */
function section(name: string): string {
  return new RegExp(`^### ${name}\n(.*?)(?=^##|$(?![^]))`, 'ms').exec(page)?.[1] ?? '';
}

/** First cells of the page's tables, without their code marks, and the cells that follow. */
const rows = [...page.matchAll(/^\| (.+?) *\| *(.*?) *\|/gm)].map(([, first = '', second = '']) => ({
  names: [...first.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name),
  second,
}));

/** Nightscore's variables, as the source names them. */
const variables = new Set(
  readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .flatMap((path) => readFileSync(join(SOURCE, path), 'utf8').match(/\bNIGHTSCORE_[A-Z_]*[A-Z]\b/g) ?? []),
);

describe('the page about the command', () => {
  it('has a part on each subcommand, and on no other', () => {
    const parts = [...page.matchAll(/^### (.*)$/gm)].map(([, name = '']) => name);
    expect(parts.toSorted()).toEqual(['help', ...subcommands.map(({ name }) => name)].toSorted());
  });

  it.each(subcommands)('tells of each option of $name and of no other', ({ name, command }) => {
    const options = command.options.flatMap(({ long }) => (long && long !== '--help' ? [long] : []));
    const told = [...section(name).matchAll(/^- (.*?)(?::|$)/gm)].flatMap(
      ([, listed = '']) => listed.match(/--[a-z-]+/g) ?? [],
    );
    expect(told.toSorted()).toEqual(options.toSorted());
  });

  it('has examples that the command understands', async () => {
    const examples = [...page.matchAll(/^(?:[A-Z_]+=\S+ )*nightscore (.*)$/gm)].map(([, line = '']) => line.split(' '));
    expect(examples.length).toBeGreaterThanOrEqual(subcommands.length);
    for (const example of examples) {
      const program = createProgram();
      const seen: string[] = [];
      for (const { name, command } of leavesOf(program)) command.action(() => void seen.push(name));
      await program.parseAsync(example, { from: 'user' });
      expect(seen).toEqual([expect.toSatisfy((name: string) => example.join(' ').startsWith(name))]);
    }
  });

  it('says what each exit code means', () => {
    for (const [code, meaning] of Object.entries(EXIT_CODE_MEANINGS)) {
      expect(rows).toContainEqual({ names: [code], second: meaning });
    }
  });

  it.each([...variables])('tells of %s', (name) => {
    expect(rows.flatMap(({ names }) => names)).toContain(name);
  });

  it('gives each setting the default that it has', () => {
    const settings = rows.filter(({ names: [name] }) => name?.startsWith('NIGHTSCORE_') && name !== 'NIGHTSCORE_CACHE');
    expect(settings.length).toBe(Object.keys(readSettings({})).length);
    for (const {
      names: [name = ''],
      second,
    } of settings) {
      expect(readSettings({ [name]: second.replaceAll('`', '') })).toEqual(readSettings({}));
    }
  });
});
