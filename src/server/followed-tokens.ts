import { unwatchFile, watchFile, type StatsListener } from 'node:fs';
import type { Logger } from 'pino';
import { readTokens, type Tokens } from './tokens.ts';

const LOOK_INTERVAL_MS = 2_000;

export interface FollowTokensOptions {
  log: Pick<Logger, 'info' | 'error'>;
  /** Ends the looking. */
  signal: AbortSignal;
  /** Time between two looks, in milliseconds. */
  intervalMs?: number;
}

/**
 * The tokens of a file, which is read again within seconds when it changes: a token is taken back without a restart, which would let go of everybody
 * who waits. A file that cannot be used then is logged, and the tokens before it stay. Throws a TokensFileError when it cannot be used at first.
 */
export async function followTokens(file: string, options: FollowTokensOptions): Promise<Tokens> {
  const { log, signal, intervalMs = LOOK_INTERVAL_MS } = options;
  let tokens = await readTokens(file);
  const readAgain = async () => {
    try {
      tokens = await readTokens(file);
      log.info({ file }, 'The file of tokens was read again');
    } catch (error) {
      log.error({ err: error, file }, 'The file of tokens cannot be used as it is now: the tokens before stay');
    }
  };
  // One after another, so that the last reading is that of the last change.
  let reading = Promise.resolve();
  const onStat: StatsListener = (now, before) => {
    // It is told of mere reads as well.
    if (now.mtimeMs === before.mtimeMs && now.ino === before.ino && now.size === before.size) return;
    reading = reading.then(readAgain);
  };
  // By looking every now and then: this also sees a link that is set to another file, as Kubernetes does it, and files of other machines.
  watchFile(file, { interval: intervalMs, persistent: false }, onStat);
  signal.addEventListener('abort', () => unwatchFile(file, onStat), { once: true });
  return { callerOf: (token) => tokens.callerOf(token) };
}
