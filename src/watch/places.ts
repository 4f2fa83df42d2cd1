import type { Logger } from 'pino';
import { isTerminal } from '../pipeline/job-state.ts';
import type { PlaceWait } from '../pipeline/heartbeat.ts';
import type { JobRef } from '../pipeline/job.ts';
import { findJob } from '../services/find-job.ts';
import type { JobClient } from '../services/service.ts';

export interface PlacesSettings {
  /** Jobs that the service lets be under way at once in a region. */
  limit: number;
  /** Time between two looks at the service's list, in milliseconds. */
  pollIntervalMs: number;
}

/** A place that was given to one start. */
export interface Place {
  /** The service has the job. */
  filled(): void;
  /** The service refused for want of a place, whatever its list said. */
  refused(): void;
  /** There is no job after all. */
  release(): void;
}

export interface PlaceRequest {
  ref: JobRef;
  /** When the start began to wait, also at another worker; ISO 8601. */
  since: string;
  /** Gets a place only when nobody waits who has not said so: a replay can wait, and tonight's runs cannot. */
  lowPriority: boolean;
  signal: AbortSignal;
  onWait: (wait: PlaceWait) => void;
}

interface Waiting extends Omit<PlaceRequest, 'signal'> {
  enter: (place: Place) => void;
}

/** A place that was given. It is filled once the service has the job, and believed in until `until` at most; milliseconds since 1970. */
interface Given {
  ref: JobRef;
  until: number;
  filled: boolean;
}

/** The first look waits this long for others that start at the same time, in milliseconds. */
const FIRST_LOOK_MS = 100;
/** A service may be asked for its list this often: a call a second, however many pages the list has. */
const MS_PER_CALL = 1_000;
/** After a refusal that the list does not explain, or a list that cannot be read, one start tries again after so long; in milliseconds. */
const RETRY_MS = { first: 5_000, longest: 300_000 } as const;
/** How long a job that was just created may be missing from the list, in milliseconds. */
const UNLISTED_MS = 60_000;

/**
 * The places at one service in one region, which starts wait for instead of being refused. How many are free is read from the service's own
 * list, so that jobs of other workers and of other people count and nothing can leak.
 */
export class Places {
  readonly #client: JobClient<unknown>;
  readonly #settings: PlacesSettings;
  readonly #log: Logger;
  readonly #waiting = new Set<Waiting>();
  /** Places given to jobs that the list has not shown yet, by job. */
  readonly #given = new Map<string, Given>();
  #timer: NodeJS.Timeout | undefined;
  #looking = false;
  /** How many jobs the service took when it refused one more although its list had places left. */
  #learned = Number.POSITIVE_INFINITY;
  /** Refusals and lists that failed, in a row; those of one look count once. */
  #setbacks = 0;
  #looks = 0;
  #setBackInLook = -1;
  /** Before this moment nobody tries whether the service takes more than was learned. */
  #closedUntil = 0;
  /** Jobs on the list at the last look. */
  #running = 0;

  constructor(client: JobClient<unknown>, settings: PlacesSettings, log: Logger) {
    this.#client = client;
    this.#settings = settings;
    this.#log = log;
  }

  /**
   * Resolves when there is a place for the job: those of low priority come last, and among equals those who have waited longest come first.
   * Rejects with the signal's reason when it aborts.
   */
  take({ signal, ...asked }: PlaceRequest): Promise<Place> {
    return new Promise((resolve, reject) => {
      const leave = () => {
        this.#waiting.delete(waiting);
        signal.removeEventListener('abort', abort);
      };
      const abort = () => {
        leave();
        reject(signal.reason);
      };
      const enter = (place: Place) => {
        leave();
        resolve(place);
      };
      const waiting: Waiting = { ...asked, enter };
      if (signal.aborted) return reject(signal.reason);
      signal.addEventListener('abort', abort);
      this.#waiting.add(waiting);
      this.#wake(FIRST_LOOK_MS);
    });
  }

  /** A job of this worker has ended: its place is free. */
  ended(id: string): void {
    this.#given.delete(id);
    if (this.#waiting.size === 0) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#wake(FIRST_LOOK_MS);
  }

  #wake(delayMs: number): void {
    if (this.#timer || this.#looking) return;
    this.#timer = setTimeout(() => void this.#tick(), delayMs);
  }

  async #tick(): Promise<void> {
    this.#timer = undefined;
    if (this.#waiting.size === 0) return;
    this.#looking = true;
    this.#looks += 1;
    const started = Date.now();
    const list = await this.#unfinished().catch((error: unknown) => {
      this.#log.warn({ err: error }, 'Could not list the jobs that hold places');
      return undefined;
    });
    if (list) await this.#forgetEnded(list.ids);
    this.#looking = false;
    this.#letIn(list?.ids, started);
    if (this.#waiting.size === 0) return;
    const costMs = list && list.calls > 1 ? list.calls * MS_PER_CALL : 0;
    const interval = Math.max(this.#settings.pollIntervalMs, costMs);
    // Workers that wait for the same place must not look at the same moment.
    this.#wake(interval * (0.75 + 0.5 * Math.random()));
  }

  async #unfinished(): Promise<{ ids: Set<string>; calls: number }> {
    const ids = new Set<string>();
    let calls = 0;
    for await (const page of this.#client.list?.({}) ?? []) {
      calls += 1;
      // A status that nobody knows proves nothing: the service itself refuses when it is full.
      for (const { ref, state } of page) if (state !== undefined && !isTerminal(state)) ids.add(ref.id);
      // Full is full: who else is on the list does not matter.
      if (ids.size >= this.#settings.limit) break;
    }
    return { ids, calls };
  }

  /** A job may have ended, awaited by another worker, before any list showed it: its place must not stay taken. */
  async #forgetEnded(running: ReadonlySet<string>): Promise<void> {
    for (const [id, { ref, filled }] of this.#given) {
      if (!filled || running.has(id)) continue;
      const seen = await findJob(this.#client, ref).catch(() => undefined);
      const state = seen?.observation.state;
      if (state !== undefined && isTerminal(state)) this.#given.delete(id);
    }
  }

  /** @param running the jobs on the service's list, if it could be read; @param asOf when it was asked for */
  #letIn(running: ReadonlySet<string> | undefined, asOf: number): void {
    for (const [id, { until }] of this.#given) if (running?.has(id) || until < asOf) this.#given.delete(id);
    const free = running ? this.#freeBy(running) : this.#freeBlindly();
    const queue = [...this.#waiting].sort(byTurn);
    for (const waiting of queue.slice(0, free)) waiting.enter(this.#give(waiting.ref));
    for (const [ahead, { since, onWait }] of queue.slice(free).entries()) {
      onWait({ since, ahead, ...(running && { running: running.size + this.#given.size }) });
    }
  }

  #freeBy(running: ReadonlySet<string>): number {
    this.#running = running.size;
    const held = running.size + this.#given.size;
    if (held >= this.#settings.limit) {
      // The list explains every refusal there was.
      this.#learned = Number.POSITIVE_INFINITY;
      this.#setbacks = 0;
      return 0;
    }
    const free = Math.min(this.#settings.limit, this.#learned) - held;
    if (free > 0) return free;
    if (Date.now() < this.#closedUntil) return 0;
    // Now and then, one start tries whether the service takes one more.
    this.#learned = held + 1;
    return 1;
  }

  /** Without a list only the service itself can tell: one start at a time asks it. */
  #freeBlindly(): number {
    if (Date.now() < this.#closedUntil) return 0;
    this.#setBack();
    return 1;
  }

  #give(ref: JobRef): Place {
    const { id } = ref;
    this.#given.set(id, { ref, until: Number.POSITIVE_INFINITY, filled: false });
    return {
      filled: () => {
        if (this.#given.has(id)) this.#given.set(id, { ref, until: Date.now() + UNLISTED_MS, filled: true });
        this.#learned = Math.max(this.#learned, this.#held());
      },
      refused: () => {
        this.#given.delete(id);
        this.#learned = this.#held();
        this.#setBack();
      },
      release: () => void this.#given.delete(id),
    };
  }

  /** Jobs that the service is known to have. */
  #held(): number {
    const filled = [...this.#given.values()].filter((given) => given.filled);
    return this.#running + filled.length;
  }

  #setBack(): void {
    if (this.#setBackInLook === this.#looks) return;
    this.#setBackInLook = this.#looks;
    this.#closedUntil = Date.now() + Math.min(RETRY_MS.longest, RETRY_MS.first * 2 ** Math.min(this.#setbacks, 10));
    this.#setbacks += 1;
  }
}

/** Sorts by who gets the next place. */
function byTurn(a: Waiting, b: Waiting): number {
  if (a.lowPriority !== b.lowPriority) return a.lowPriority ? 1 : -1;
  return a.since < b.since ? -1 : 1;
}
