import { describe, expect, it } from 'vitest';
import { failureOf } from '../../src/cli/process/failure.ts';
import { createProgram } from '../../src/cli/program.ts';

/** What the command says of a line that it cannot make sense of. */
async function complaint(line: string): Promise<{ code: number; message: string } | undefined> {
  const program = createProgram().configureOutput({ writeOut: () => undefined, writeErr: () => undefined });
  try {
    await program.parseAsync(line.split(' ').filter(Boolean), { from: 'user' });
  } catch (error) {
    return failureOf(error, {});
  }
  throw new Error(`nightscore ${line} was understood`);
}

describe('a command line is refused', () => {
  it.each([
    { of: 'without a subcommand', line: '', says: ['subcommand is missing'] },
    { of: 'with an unknown subcommand', line: 'strat churn', says: ["unknown command 'strat'", 'Did you mean start?'] },
    {
      of: 'with an unknown option',
      line: 'start churn --wiat',
      says: ["unknown option '--wiat'", 'Did you mean --wait?'],
    },
    { of: 'with an option of another subcommand', line: 'get a/b --wait', says: ["unknown option '--wait'"] },
    { of: 'without an argument that it needs', line: 'start', says: ["missing required argument 'pipeline'"] },
    { of: 'with an argument too many', line: 'get a/b c/d', says: ['too many arguments'] },
    { of: 'with an option without its value', line: 'start churn --date', says: ['--date', 'missing'] },
    { of: 'with an unknown status', line: 'list --status done', says: ["'done' is invalid", 'succeeded'] },
    {
      of: 'with half the name of a service',
      line: 'list --service machine-learning',
      says: ['"machine-learning"', 'did you mean machine-learning/batch-prediction?', 's3/copy'],
    },
    { of: 'with a service misspelt', line: 'list --service s3/cpy', says: ['did you mean s3/copy?'] },
    { of: 'with an unknown service', line: 'list --service bogus', says: ['"bogus"', 'personalize/batch-segment'] },
    {
      of: 'with a filter for a service that is none',
      line: 'list --where service=nope/nope',
      says: ['--where: service "nope/nope" is nothing that a step can use', 's3/copy'],
    },
    {
      of: 'with the same filter for a replay',
      line: 'replay --where service=nope/nope --yes',
      says: ['--where: service "nope/nope" is nothing that a step can use'],
    },
    { of: 'with a rate near none', line: 'replay --where a=b --rate 0.0000001', says: ['from 0.01 to 100'] },
    { of: 'with a rate of no limit', line: 'replay --where a=b --rate 1e9', says: ['from 0.01 to 100'] },
    { of: 'with a limit of none', line: 'list --limit 0', says: ['--limit', 'a whole number from 1'] },
    { of: 'with a limit that is no number', line: 'list --limit many', says: ["'many'", 'a whole number from 1'] },
    { of: 'with a moment that is none', line: 'list --since yesterdayish', says: ['--since', '2026-11-20', '7d'] },
    { of: 'with a port that is none', line: 'simulate --port 70000', says: ['--port', 'from 1 to 65535'] },
    { of: 'with a speed of nothing', line: 'demo --speed 0', says: ['--speed', 'a number above 0'] },
  ])('$of: nightscore $line', async ({ line, says }) => {
    const { code, message } = (await complaint(line)) ?? {};
    expect(code).toBe(2);
    for (const text of says) expect(message).toContain(text);
  });
});

describe('help', () => {
  const subcommands = createProgram().commands;

  it.each(subcommands.map((command) => command.name()))('of %s has an example of its own', (name) => {
    const text: string[] = [];
    const command = subcommands.find((one) => one.name() === name);
    command?.configureOutput({ writeOut: (part) => text.push(part) }).outputHelp();
    expect(text.join('')).toMatch(new RegExp(`Example:\n  \\$ (?:[A-Z_]+=\\S+ )?nightscore ${name}\\b`));
    expect(text.join('')).toContain('Exit codes:');
  });

  it.each([80, 120])('fits %i columns', (columns) => {
    const text: string[] = [];
    const output = { writeOut: (part: string) => text.push(part), getOutHelpWidth: () => columns };
    for (const command of subcommands) command.configureOutput(output).outputHelp();
    const widths = text
      .join('')
      .split('\n')
      .map((line) => line.length);
    expect(Math.max(...widths)).toBeLessThanOrEqual(columns);
  });
});
