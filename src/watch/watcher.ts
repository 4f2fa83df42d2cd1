import pMap from 'p-map';
import type { Logger } from 'pino';
import { isTerminal } from '../pipeline/job-state.ts';
import type { Sight } from '../pipeline/heartbeat.ts';
import type { JobObservation, JobRef } from '../pipeline/job.ts';
import { ServiceError } from '../services/errors.ts';
import type { JobClient } from '../services/service.ts';
import { hasEnded, miss, see, stalledSince, surrender, type SightLimits, type Surrender } from './sight.ts';

export interface WatchSettings {
  /** Time between two looks at the jobs of one service, in milliseconds. */
  pollIntervalMs: number;
  /** How long after a job was submitted its service may still not know it, in milliseconds. */
  graceMs: number;
  /** How long a job may not be seen, whatever the reason, before its wait is given up, in milliseconds. */
  blindMs: number;
  /** How long a service may send a status that Nightscore does not know, in milliseconds. */
  unknownStatusMs: number;
}

/** How a watch ended: the job is in a terminal state, its service does not know it any more, or it cannot be followed. */
export type WatchEnd = 'ended' | 'lost' | 'stalled' | Surrender;

export interface WatchOptions {
  /** ISO 8601. */
  submittedAt: string;
  /** What was seen of the job before. */
  sight: Sight;
  /** Without it, a job never counts as stalled; in milliseconds. */
  stallMs?: number | undefined;
  /** Until when a job whose service tells nothing of its progress is simply expected to run; milliseconds since 1970. */
  quietUntil?: number | undefined;
  /** End the watch when the job is stalled. */
  endWhenStalled?: boolean;
  signal: AbortSignal;
  /** Hears every look at the job, the last one included, and every look that told nothing. */
  onSight: (sight: Sight) => void;
}

/** How often in a row a service must deny knowing a job, after the grace, before we believe it. */
const NOT_FOUND_LIMIT = 3;
/** How many calls a list is expected to take before there was one. */
const FIRST_LIST_CALLS = 2;
/** Reads that are under way at once. */
const READS_AT_ONCE = 4;
/** Longest time between two looks while the service throttles or fails, in milliseconds. */
const MAX_BACKOFF_MS = 60_000;
/** Jobs that have not been seen for so long are worth an error in the log, in milliseconds. */
const LOUD_AFTER_MS = 300_000;
/** A first look waits this long for others that begin at the same time, in milliseconds. */
const FIRST_LOOK_MS = 100;

interface Watch extends Pick<WatchOptions, 'submittedAt' | 'sight' | 'endWhenStalled' | 'onSight'> {
  ref: JobRef;
  limits: SightLimits;
  /** Denials in a row after the grace, and when the first of them came. */
  notFound: number;
  missingSince: number;
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
  readonly #onEnd: (job: string) => void;
  readonly #watches = new Set<Watch>();
  /** How many calls the last listing of a scope took. */
  readonly #listCalls = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;
  #looking = false;
  #failures = 0;
  #failingSince: number | undefined;

  /** @param onEnd hears the id of every job that is seen to have ended */
  constructor(
    client: JobClient<unknown>,
    settings: WatchSettings,
    log: Logger,
    onEnd: (job: string) => void = () => {},
  ) {
    this.#onEnd = onEnd;
    this.#client = client;
    this.#settings = settings;
    this.#log = log;
  }

  /**
   * Resolves when the job has ended, or cannot be followed any more. Rejects with the signal's reason when the signal aborts first.
   */
  watch(ref: JobRef, options: WatchOptions): Promise<WatchEnd> {
    const { signal, stallMs, quietUntil, sight } = options;
    // An end that was seen is final, whatever a later read says.
    if (hasEnded(sight)) return Promise.resolve('ended');
    const { blindMs, unknownStatusMs } = this.#settings;
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
      const limits = { blindMs, unknownStatusMs, stallMs, quietUntil };
      const watch: Watch = { ...options, ref, limits, notFound: 0, missingSince: 0, end };
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
    this.#tell(failures);
    for (const watch of this.#watches) this.#judge(watch);
    if (this.#watches.size > 0) this.#wake(this.#nextDelayMs());
  }

  #tell(failures: readonly unknown[]): void {
    this.#failingSince = failures.length > 0 ? (this.#failingSince ?? Date.now()) : undefined;
    if (this.#failingSince === undefined) return;
    const seconds = Math.round((Date.now() - this.#failingSince) / 1000);
    const facts = { err: failures[0], failed: failures.length, seconds };
    if (seconds * 1000 < LOUD_AFTER_MS) this.#log.warn(facts, 'Could not read every job');
    else this.#log.error(facts, 'Jobs cannot be seen; they go on at AWS, and nobody knows how they stand');
  }

  /** What a look, or a look that failed, means for the wait. */
  #judge(watch: Watch): void {
    const since = stalledSince(watch.sight, watch.limits);
    if (since !== undefined && watch.sight.stalledSince === undefined) {
      watch.sight = { ...watch.sight, stalledSince: since };
      this.#log.warn({ job: watch.ref.id, since, status: watch.sight.observation?.rawStatus }, 'The job is stalled');
      watch.onSight(watch.sight);
    }
    if (watch.endWhenStalled && watch.sight.stalledSince !== undefined) return watch.end('stalled');
    const why = surrender(watch.sight, watch.limits);
    if (why !== undefined) watch.end(why);
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
        if (!isThrottled(error)) return watches;
        for (const watch of watches) this.#unseen(watch, error);
        return [];
      });
      const read = (watch: Watch) =>
        this.#get(watch).catch((error: unknown) => {
          note(error);
          this.#unseen(watch, error);
        });
      await pMap(unseen, read, { concurrency: READS_AT_ONCE });
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
    const isNews = watch.sight.unknownSince === undefined;
    watch.sight = see(watch.sight, observation);
    if (isNews && watch.sight.unknownSince !== undefined) {
      const { id } = watch.ref;
      this.#log.warn(
        { job: id, status: observation.rawStatus },
        'The service sent a status that Nightscore does not know',
      );
    }
    watch.onSight(watch.sight);
    if (!hasEnded(watch.sight)) return;
    watch.end('ended');
    this.#onEnd(watch.ref.id);
  }

  #unseen(watch: Watch, error: unknown): void {
    if (!this.#watches.has(watch)) return;
    watch.sight = miss(watch.sight, Date.now(), error instanceof Error ? error.message : String(error));
    watch.onSight(watch.sight);
  }

  #missed(watch: Watch): void {
    if (!this.#watches.has(watch)) return;
    const now = Date.now();
    const { graceMs } = this.#settings;
    if (now - Date.parse(watch.submittedAt) < graceMs) return;
    if (watch.notFound === 0) watch.missingSince = now;
    watch.notFound += 1;
    // A service that forgets its jobs for a moment must not make anybody pay for them again.
    if (watch.notFound >= NOT_FOUND_LIMIT && now - watch.missingSince >= graceMs) watch.end('lost');
  }
}

function isThrottled(error: unknown): boolean {
  return error instanceof ServiceError && error.class === 'throttle';
}
