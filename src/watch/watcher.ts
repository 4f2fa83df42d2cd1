import pMap from 'p-map';
import type { Logger } from 'pino';
import { isTerminal } from '../pipeline/job-state.ts';
import type { JobObservation, JobRef } from '../pipeline/job.ts';
import { ServiceError } from '../services/errors.ts';
import type { JobClient } from '../services/service.ts';

export interface WatchSettings {
  /** Time between two looks at the jobs of one service, in milliseconds. */
  pollIntervalMs: number;
  /** How long after a job was submitted its service may still not know it, in milliseconds. */
  graceMs: number;
}

/** How a watch ended: the job is in a terminal state, or its service does not know it any more. */
export type WatchEnd = { found: true; observation: JobObservation } | { found: false };

/** How often in a row a service must deny knowing a job, after the grace, before we believe it. */
const NOT_FOUND_LIMIT = 3;
/** How many calls a list is expected to take before there was one. */
const FIRST_LIST_CALLS = 2;
/** Reads that are under way at once. */
const READS_AT_ONCE = 4;
/** Longest time between two looks while the service throttles or fails, in milliseconds. */
const MAX_BACKOFF_MS = 60_000;
/** A first look waits this long for others that begin at the same time, in milliseconds. */
const FIRST_LOOK_MS = 100;

interface Watch {
  ref: JobRef;
  submittedAt: Date;
  notFound: number;
  onObservation: (observation: JobObservation) => void;
  end: (result: WatchEnd) => void;
}

/**
 * Watches all jobs that one worker awaits at one service in one region. It looks at them together at every tick: with
 * List calls where those are fewer than the jobs, and with a Get for what a List does not tell. A read that fails says
 * nothing about a job; it only makes the watcher slower.
 */
export class Watcher {
  readonly #client: JobClient<unknown>;
  readonly #settings: WatchSettings;
  readonly #log: Logger;
  readonly #watches = new Set<Watch>();
  /** How many calls the last listing of a scope took. */
  readonly #listCalls = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;
  #looking = false;
  #failures = 0;

  constructor(client: JobClient<unknown>, settings: WatchSettings, log: Logger) {
    this.#client = client;
    this.#settings = settings;
    this.#log = log;
  }

  /**
   * Resolves when the job has ended. Rejects with the signal's reason when the signal aborts first.
   * `onObservation` hears every look at the job, the last one included.
   */
  watch(
    ref: JobRef,
    options: { submittedAt: Date; signal: AbortSignal; onObservation: (observation: JobObservation) => void },
  ): Promise<WatchEnd> {
    const { submittedAt, signal, onObservation } = options;
    return new Promise((resolve, reject) => {
      const leave = () => {
        this.#watches.delete(watch);
        if (this.#watches.size === 0) this.#rest();
        signal.removeEventListener('abort', abort);
      };
      const abort = () => {
        leave();
        reject(signal.reason);
      };
      const end = (result: WatchEnd) => {
        leave();
        resolve(result);
      };
      const watch: Watch = { ref, submittedAt, notFound: 0, onObservation, end };
      if (signal.aborted) return abort();
      signal.addEventListener('abort', abort);
      this.#watches.add(watch);
      this.#wake(FIRST_LOOK_MS);
    });
  }

  /** Plans the next look, unless one is planned or under way. */
  #wake(delayMs: number): void {
    if (this.#timer || this.#looking) return;
    this.#timer = setTimeout(() => void this.#tick(), delayMs);
  }

  #rest(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  async #tick(): Promise<void> {
    this.#timer = undefined;
    this.#looking = true;
    const failures = await this.#look();
    this.#looking = false;
    this.#failures = this.#mustSlowDown(failures) ? this.#failures + 1 : 0;
    if (failures.length > 0) this.#log.warn({ err: failures[0], failed: failures.length }, 'Could not read every job');
    if (this.#watches.size > 0) this.#wake(this.#nextDelayMs());
  }

  /** One job that cannot be read must not make the others wait; a service that throttles or that answers nobody must be spared. */
  #mustSlowDown(failures: readonly unknown[]): boolean {
    return failures.some(isThrottled) || (failures.length > 0 && failures.length >= this.#watches.size);
  }

  #nextDelayMs(): number {
    const backedOff = this.#settings.pollIntervalMs * 2 ** Math.min(this.#failures, 10);
    const longest = Math.max(MAX_BACKOFF_MS, this.#settings.pollIntervalMs);
    // Workers that started together must not call together.
    return Math.min(backedOff, longest) * (0.9 + 0.2 * Math.random());
  }

  /** Looks at every job once; returns what failed. */
  async #look(): Promise<unknown[]> {
    const failures: unknown[] = [];
    const note = (error: unknown) => void failures.push(error);
    for (const scope of new Set([...this.#watches].map(({ ref }) => ref.listScope ?? ''))) {
      const watches = [...this.#watches].filter(({ ref }) => (ref.listScope ?? '') === scope);
      const unseen = await this.#list(scope, watches).catch((error: unknown) => {
        note(error);
        // A list that is not permitted, or that cannot be read, must not hide the jobs; one that was throttled must not be made up for.
        return isThrottled(error) ? [] : watches;
      });
      await pMap(unseen, (watch) => this.#get(watch).catch(note), { concurrency: READS_AT_ONCE });
    }
    return failures;
  }

  /** Reads the jobs by List where that is likely to save calls; returns those of which a Get must tell. */
  async #list(scope: string, watches: Watch[]): Promise<Watch[]> {
    if (!this.#client.list || watches.length <= (this.#listCalls.get(scope) ?? FIRST_LIST_CALLS)) return watches;
    const seen = new Map<string, JobObservation>();
    let calls = 0;
    for await (const page of this.#client.list(scope === '' ? {} : { listScope: scope })) {
      calls += 1;
      for (const observation of page) seen.set(observation.ref.id, observation);
      // From here on a Get for each job that was not listed is as cheap.
      if (calls >= watches.length) break;
    }
    this.#listCalls.set(scope, calls);
    return watches.filter((watch) => {
      const observation = seen.get(watch.ref.id);
      if (!observation?.state || isTerminal(observation.state)) return true;
      this.#observe(watch, observation);
      return false;
    });
  }

  async #get(watch: Watch): Promise<void> {
    try {
      const { observation } = await this.#client.get(watch.ref);
      this.#observe(watch, observation);
    } catch (error) {
      if (!(error instanceof ServiceError && error.class === 'not-found')) throw error;
      this.#missed(watch);
    }
  }

  #observe(watch: Watch, observation: JobObservation): void {
    if (!this.#watches.has(watch)) return;
    watch.notFound = 0;
    watch.onObservation(observation);
    if (observation.state && isTerminal(observation.state)) watch.end({ found: true, observation });
  }

  #missed(watch: Watch): void {
    if (!this.#watches.has(watch)) return;
    const age = Date.now() - watch.submittedAt.getTime();
    if (age < this.#settings.graceMs) return;
    watch.notFound += 1;
    if (watch.notFound >= NOT_FOUND_LIMIT) watch.end({ found: false });
  }
}

function isThrottled(error: unknown): boolean {
  return error instanceof ServiceError && error.class === 'throttle';
}
