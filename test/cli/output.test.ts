import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { COMMAND, nightscore, onlyDocument } from './command.ts';

/** What a shell makes of the command, `$NIGHTSCORE`: its output, that of stderr included. */
async function shell(line: string): Promise<string> {
  const env = { PATH: process.env.PATH, HOME: process.env.HOME, NIGHTSCORE: `${process.execPath} ${COMMAND}` };
  const { stdout, stderr } = await promisify(execFile)('bash', ['-c', line], { env });
  return stdout + stderr;
}

describe('what the command writes', () => {
  it('has no stack trace in it when nobody reads on, as in `nightscore schema | head`', async () => {
    expect(await shell('$NIGHTSCORE schema | head -c 1; exec 2>&1; echo " ${PIPESTATUS[0]}"')).toMatch(
      /^\{ (?:0|141)\n$/,
    );
    expect(await shell('$NIGHTSCORE services | true; echo done')).toBe('done\n');
  });

  it('is the version of the package', async () => {
    const { version } = JSON.parse(await readFile('package.json', 'utf8')) as { version: string };
    expect(await nightscore(['--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
  });

  it('is the help without a warning of anybody, after less than a second of work', async () => {
    const { code, stdout, stderr } = await nightscore(['--help']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('Usage: nightscore');
    // Of the processor, because the time on the clock is that of everything else that runs here.
    expect(Number(await shell('TIMEFORMAT=%U; time $NIGHTSCORE --help > /dev/null'))).toBeLessThan(1);
  });

  it('is the help on stderr, and the exit code of wrong usage, without a subcommand', async () => {
    const { code, stdout, stderr } = await nightscore([]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('Usage: nightscore');
  });

  it('is one JSON document with --json', async () => {
    const { code, stdout, stderr } = await nightscore(['services', '--json']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(onlyDocument(stdout)).toMatchObject({
      services: [{ name: 'machine-learning/batch-prediction' }, {}, {}, {}],
    });
  });

  it('has no colours in a pipe', async () => {
    expect(await shell('$NIGHTSCORE services; $NIGHTSCORE get x; true')).not.toContain('\u001b');
  });
});
