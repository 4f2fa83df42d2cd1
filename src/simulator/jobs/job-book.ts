import { join } from 'node:path';
import { isTerminal } from '../../pipeline/job-state.ts';
import type { Clock } from '../clock.ts';
import { Journal } from '../journal.ts';
import type { Call } from '../service.ts';
import { jobEntrySchema } from './simulated-job.ts';
import type { JobEntry, JobFate, JobKind, SimulatedJob } from './simulated-job.ts';

/** What of a job changes after its creation. */
export type JobChange = Partial<
  Omit<JobEntry, 'serial' | 'service' | 'kind' | 'region' | 'id' | 'request' | 'createdAt'>
>;

/** All jobs of all services, as they are kept in the state folder; each service sees its own through a {@link JobBook}. */
export class JobBooks {
  readonly #journal: Journal<JobEntry>;
  readonly #remembered: JobEntry[];
  readonly #books: JobBook<unknown>[] = [];
  readonly #clock: Clock;
  #lastSerial: number;

  constructor(stateFolder: string, clock: Clock) {
    const { journal, entries } = Journal.open(join(stateFolder, 'jobs.jsonl'), jobEntrySchema, latestOfEach);
    this.#journal = journal;
    this.#remembered = entries;
    this.#clock = clock;
    this.#lastSerial = Math.max(0, ...entries.map((entry) => entry.serial));
  }

  /** Opens the book of one kind, with the jobs in it that the state folder remembers. */
  open<Request>(kind: JobKind<Request>): JobBook<Request> {
    const jobs = this.#remembered
      .filter((entry) => entry.service === kind.service && entry.kind === kind.name)
      .map((entry) => ({ ...entry, request: kind.request.parse(entry.request) }));
    const book = new JobBook<Request>(jobs, {
      newEntry: (region, id, request, fate) => ({
        ...this.#newEntry(kind, region, id, request),
        ...(fate && { fate }),
      }),
      write: (job) => this.#journal.append(job),
      now: () => this.#clock.now(),
    });
    this.#books.push(book);
    return book;
  }

  /** Every job there ever was, oldest first. */
  all(): SimulatedJob[] {
    return this.#books.flatMap((book) => book.all()).sort((a, b) => a.serial - b.serial);
  }

  close(): void {
    this.#journal.close();
  }

  #newEntry<Request>(kind: JobKind<Request>, region: string, id: string, request: Request): SimulatedJob<Request> {
    const now = this.#clock.now();
    this.#lastSerial += 1;
    const entry = { serial: this.#lastSerial, service: kind.service, kind: kind.name, region, id, request };
    return { ...entry, state: 'queued', createdAt: now, updatedAt: now };
  }
}

interface BookKeeping<Request> {
  newEntry(region: string, id: string, request: Request, fate: JobFate | undefined): SimulatedJob<Request>;
  write(job: SimulatedJob<Request>): void;
  now(): number;
}

/** Where a call looks, and whether it sees jobs as they were before they ended. */
export type View = Pick<Call, 'region' | 'isStale'>;

/** The jobs of one kind. Every change is on disk before the method returns. */
export class JobBook<Request> {
  readonly #jobs: SimulatedJob<Request>[];
  readonly #byId = new Map<string, SimulatedJob<Request>>();
  readonly #keeping: BookKeeping<Request>;

  constructor(jobs: SimulatedJob<Request>[], keeping: BookKeeping<Request>) {
    this.#jobs = jobs;
    this.#keeping = keeping;
    for (const job of jobs) this.#byId.set(idKey(job.region, job.id), job);
  }

  create(region: string, id: string, request: Request, fate?: JobFate): SimulatedJob<Request> {
    const job = this.#keeping.newEntry(region, id, request, fate);
    this.#keeping.write(job);
    this.#jobs.push(job);
    this.#byId.set(idKey(region, id), job);
    return job;
  }

  /** The newest job of this id, also when it was deleted. */
  find({ region, isStale = false }: View, id: string): SimulatedJob<Request> | undefined {
    const job = this.#byId.get(idKey(region, id));
    if (job === undefined || isForgotten(job)) return undefined;
    return isStale ? asBeforeEnd(job) : job;
  }

  /** Oldest first, deleted ones included. */
  inRegion({ region, isStale = false }: View): SimulatedJob<Request>[] {
    const jobs = this.#jobs.filter((job) => job.region === region && !isForgotten(job));
    return isStale ? jobs.map(asBeforeEnd) : jobs;
  }

  /** Oldest first, deleted ones included. */
  all(): readonly SimulatedJob<Request>[] {
    return this.#jobs;
  }

  update(job: SimulatedJob<Request>, change: JobChange): void {
    const ends = change.state !== undefined && isTerminal(change.state) && !isTerminal(job.state);
    const beforeEnd = ends ? { beforeEnd: { state: job.state, updatedAt: job.updatedAt } } : {};
    Object.assign(job, change, beforeEnd, { updatedAt: this.#keeping.now() });
    this.#keeping.write(job);
  }
}

/** Whether the service no longer knows the job, although it runs. */
function isForgotten({ fate, state }: JobEntry): boolean {
  return fate?.kind === 'vanishes' && state !== 'queued';
}

/** A deleted job stays deleted: its id may be another job's by now. */
function asBeforeEnd<Request>(job: SimulatedJob<Request>): SimulatedJob<Request> {
  const { endedAt, message: _message, beforeEnd, ...rest } = job;
  if (endedAt === undefined || beforeEnd === undefined || job.state === 'deleted') return job;
  return { ...rest, ...beforeEnd, seenAt: endedAt };
}

const idKey = (region: string, id: string): string => `${region}/${id}`;

/** A journal holds an entry for each change of a job. */
function latestOfEach(entries: JobEntry[]): JobEntry[] {
  return [...new Map(entries.map((entry) => [entry.serial, entry])).values()];
}
