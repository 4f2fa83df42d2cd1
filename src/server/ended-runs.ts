import { setTimeout as delay } from 'node:timers/promises';
import pMap from 'p-map';
import type { Logger } from 'pino';
import type { NightscoreClient } from '../client/nightscore-client.ts';

/** Runs that one query asks for. */
const RUNS_PER_QUERY = 100;
const QUERIES_AT_ONCE = 4;
const LOOKS_AT_ONCE = 16;

export interface EndedRunsOptions {
  nightscore: Pick<NightscoreClient, 'listPage' | 'standing'>;
  log: Pick<Logger, 'warn'>;
  /** Time between two looks, in milliseconds. */
  intervalMs: number;
}

/**
 * Tells callers when runs have ended. All wait for one loop, which asks Temporal once an interval which of the awaited runs still run: a
 * caller costs a place in memory, and no long poll of his own, of which Temporal allows only so many. It goes by what is so, not by what has
 * happened since the last look, so nothing can be missed.
 */
export class EndedRuns {
  readonly #options: EndedRunsOptions;
  readonly #waiting = new Map<string, Set<() => void>>();
  #isClosed = false;
  #isLooking = false;

  constructor(options: EndedRunsOptions) {
    this.#options = options;
  }

  /** How many callers wait now. */
  get callers(): number {
    return [...this.#waiting.values()].reduce((sum, { size }) => sum + size, 0);
  }

  /** Resolves when the run has ended, the time is over, the signal aborts, or this is closed; whichever is first. */
  wait(run: string, { timeoutMs, signal }: { timeoutMs: number; signal: AbortSignal }): Promise<void> {
    if (this.#isClosed || signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const waiting = this.#waiting.get(run) ?? new Set();
      const leave = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', leave);
        waiting.delete(leave);
        if (waiting.size === 0 && this.#waiting.get(run) === waiting) this.#waiting.delete(run);
        resolve();
      };
      const timer = setTimeout(leave, timeoutMs);
      signal.addEventListener('abort', leave, { once: true });
      this.#waiting.set(run, waiting.add(leave));
      void this.#look();
    });
  }

  /** Lets everybody go. */
  close(): void {
    this.#isClosed = true;
    this.#release([...this.#waiting.keys()]);
  }

  async #look(): Promise<void> {
    if (this.#isLooking) return;
    this.#isLooking = true;
    while (this.#waiting.size > 0) {
      await delay(this.#options.intervalMs, undefined, { ref: false });
      try {
        await this.#releaseEnded();
      } catch (error) {
        this.#options.log.warn({ err: error }, 'Cannot see which of the awaited runs have ended; trying again');
      }
    }
    this.#isLooking = false;
  }

  async #releaseEnded(): Promise<void> {
    const awaited = [...this.#waiting.keys()];
    const chunks = Array.from({ length: Math.ceil(awaited.length / RUNS_PER_QUERY) }, (_, index) =>
      awaited.slice(index * RUNS_PER_QUERY, (index + 1) * RUNS_PER_QUERY),
    );
    const lists = await pMap(chunks, (runs) => this.#runningOf(runs), { concurrency: QUERIES_AT_ONCE });
    const running = new Set(lists.flat());
    const candidates = awaited.filter((run) => !running.has(run));
    // A list may lag behind, both ways; the run itself does not.
    const look = async (run: string) => {
      if ((await this.#options.nightscore.standing(run))?.status !== 'running') this.#release([run]);
    };
    await pMap(candidates, look, { concurrency: LOOKS_AT_ONCE });
  }

  async #runningOf(runs: readonly string[]): Promise<string[]> {
    const page = await this.#options.nightscore.listPage({ runs, status: 'running' }, { limit: RUNS_PER_QUERY });
    return page.runs.map(({ id }) => id);
  }

  #release(runs: readonly string[]): void {
    for (const run of runs) for (const leave of this.#waiting.get(run) ?? []) leave();
  }
}
