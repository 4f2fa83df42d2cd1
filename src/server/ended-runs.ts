import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import pMap from 'p-map';
import type { Logger } from 'pino';
import { chunksOf } from '../chunks.ts';
import { RunNotFoundError } from '../client/errors.ts';
import type { NightscoreClient } from '../client/nightscore-client.ts';
import { RUNS_PER_QUERY } from '../client/page-size.ts';
import type { RunReport } from '../pipeline/report.ts';
import { inTime } from './context.ts';

const QUERIES_AT_ONCE = 4;
const LOOKS_AT_ONCE = 16;

export interface EndedRunsOptions {
  temporal: Client;
  nightscore: Pick<NightscoreClient, 'listPage' | 'standing' | 'get'>;
  log: Pick<Logger, 'warn'>;
  /** Time between two looks, in milliseconds. */
  intervalMs: number;
}

/** Lets a caller go, with the report of his run if it has ended. */
type Leave = (ended?: RunReport) => void;

/**
 * Tells callers when runs have ended. All wait for one loop, which asks Temporal once an interval which of the awaited runs still run: a
 * caller costs a place in memory, and no long poll of his own, of which Temporal allows only so many. It goes by what is so, not by what has
 * happened since the last look, so nothing can be missed.
 */
export class EndedRuns {
  readonly #options: EndedRunsOptions;
  readonly #waiting = new Map<string, Set<Leave>>();
  readonly #closed = new AbortController();
  #looking: Promise<void> | undefined;

  constructor(options: EndedRunsOptions) {
    this.#options = options;
  }

  /** How many callers wait now. */
  get callers(): number {
    return [...this.#waiting.values()].reduce((sum, { size }) => sum + size, 0);
  }

  /**
   * The report of a run once it has ended, which all who wait for it share; undefined when the time is over, the run is gone, the signal aborts or
   * this is closed before.
   */
  wait(run: string, { timeoutMs, signal }: { timeoutMs: number; signal: AbortSignal }): Promise<RunReport | undefined> {
    if (this.#closed.signal.aborted || signal.aborted) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      const waiting = this.#waiting.get(run) ?? new Set();
      const leave: Leave = (ended) => {
        clearTimeout(timer);
        signal.removeEventListener('abort', leaveEarly);
        waiting.delete(leave);
        if (waiting.size === 0 && this.#waiting.get(run) === waiting) this.#waiting.delete(run);
        resolve(ended);
      };
      const leaveEarly = (): void => leave();
      const timer = setTimeout(leaveEarly, timeoutMs);
      signal.addEventListener('abort', leaveEarly, { once: true });
      this.#waiting.set(run, waiting.add(leave));
      this.#looking ??= this.#look();
    });
  }

  /** Lets everybody go. Then ends once nothing is asked of Temporal any more: its client fails badly when its connection is closed before. */
  async close(): Promise<void> {
    this.#closed.abort();
    for (const waiting of this.#waiting.values()) for (const leave of waiting) leave();
    await this.#looking;
  }

  async #look(): Promise<void> {
    while (this.#waiting.size > 0) {
      await delay(this.#options.intervalMs, undefined, { ref: false, signal: this.#closed.signal }).catch(() => {});
      try {
        await this.#releaseEnded();
      } catch (error) {
        this.#options.log.warn({ err: error }, 'Cannot see which of the awaited runs have ended; trying again');
      }
    }
    this.#looking = undefined;
  }

  async #releaseEnded(): Promise<void> {
    const awaited = [...this.#waiting.keys()];
    const lists = await pMap(chunksOf(awaited, RUNS_PER_QUERY), (runs) => this.#runningOf(runs), {
      concurrency: QUERIES_AT_ONCE,
    });
    const running = new Set(lists.flat());
    const candidates = awaited.filter((run) => !running.has(run));
    // A list may lag behind, both ways; the run itself does not.
    const failures: unknown[] = [];
    const look = async (run: string) => {
      // Who comes while we look may wait for a replay that has begun since.
      const waiting = [...(this.#waiting.get(run) ?? [])];
      try {
        const report = await inTime(this.#options, () => this.#reportIfEnded(run));
        if (report) for (const leave of waiting) leave(report);
      } catch (error) {
        // A run that is gone never ends: who waits for it reads it once more, and is told so.
        if (error instanceof RunNotFoundError) for (const leave of waiting) leave();
        // One that cannot be seen is no reason to keep those waiting who wait for others.
        else failures.push(error);
      }
    };
    await pMap(candidates, look, { concurrency: LOOKS_AT_ONCE });
    if (failures.length > 0) throw failures[0];
  }

  async #runningOf(runs: readonly string[]): Promise<string[]> {
    const { nightscore } = this.#options;
    const page = await inTime(this.#options, () =>
      nightscore.listPage({ runs, status: 'running' }, { limit: RUNS_PER_QUERY }),
    );
    return page.runs.map(({ id }) => id);
  }

  async #reportIfEnded(run: string): Promise<RunReport | undefined> {
    const { nightscore } = this.#options;
    if ((await nightscore.standing(run))?.status === 'running') return undefined;
    const report = await nightscore.get(run);
    // It may go on again since: a replay runs under the same key.
    return report.outcome === undefined ? undefined : report;
  }
}
