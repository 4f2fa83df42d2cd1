import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { isTerminal } from '../../pipeline/job-state.ts';
import type { Clock } from '../clock.ts';
import type { ObjectStore } from '../s3/object-store.ts';
import { S3Error } from '../s3/s3-error.ts';
import type { JobBook } from './job-book.ts';
import { publishResults, ResultStage } from './result-stage.ts';
import { JobFailure } from './simulated-job.ts';
import type { JobFate, JobKind, ScoredRecords, SimulatedJob } from './simulated-job.ts';
import { Slots } from '../../slots.ts';

/** What all runners share. */
export interface RunnerTools {
  clock: Clock;
  store: ObjectStore;
  /** Holds a folder of staged results for each running job. */
  workFolder: string;
  /** Scoring takes real processor time, so that few jobs score at once. */
  scoring: Slots;
  log: Logger;
}

interface Task {
  controller: AbortController;
  done: Promise<void>;
}

/** Takes the jobs of one kind through their lives. */
export class JobRunner<Request> {
  readonly book: JobBook<Request>;
  readonly #kind: JobKind<Request>;
  readonly #tools: RunnerTools;
  readonly #tasks = new Map<number, Task>();
  /** Jobs whose results are on their way to S3: nothing can stop these any more. */
  readonly #publishing = new Set<number>();
  readonly #slots = new Map<string, Slots>();

  constructor(kind: JobKind<Request>, book: JobBook<Request>, tools: RunnerTools) {
    this.book = book;
    this.#kind = kind;
    this.#tools = tools;
  }

  /** Goes on with the jobs that the last simulator on this folder left unfinished, the running ones first. */
  resume(): void {
    const unfinished = this.book.all().filter((job) => !isTerminal(job.state));
    const running = unfinished.filter((job) => job.queuedUntil !== undefined);
    const waiting = unfinished.filter((job) => !running.includes(job));
    for (const job of [...running, ...waiting]) this.#run(job);
  }

  submit(region: string, id: string, request: Request, fate?: JobFate): SimulatedJob<Request> {
    const job = this.book.create(region, id, request, fate);
    this.#run(job);
    return job;
  }

  /** Asks a job to stop. It is too late when its results are on their way: then it ends as if never asked. */
  stop(job: SimulatedJob<Request>): void {
    if (this.#publishing.has(job.serial)) return;
    this.#abandon(job);
    const { clock } = this.#tools;
    const { stoppingSeconds = 0 } = this.#kind.timing();
    const stoppingUntil = clock.now() + clock.milliseconds(stoppingSeconds);
    this.book.update(job, { state: 'stopping', stoppingUntil });
    this.#run(job);
  }

  /** Deletes a job's record and gives up the work on it. Results that are in S3 stay there. */
  delete(job: SimulatedJob<Request>): void {
    this.#abandon(job);
    this.book.update(job, { state: 'deleted', endedAt: job.endedAt ?? this.#tools.clock.now() });
  }

  /** Leaves every job where it is; a later simulator on the same folder goes on with it. */
  async close(): Promise<void> {
    const tasks = [...this.#tasks.values()];
    for (const { controller } of tasks) controller.abort();
    await Promise.all(tasks.map(({ done }) => done));
  }

  #run(job: SimulatedJob<Request>): void {
    const controller = new AbortController();
    const done = this.#carryOn(job, controller.signal).finally(() => {
      if (this.#tasks.get(job.serial)?.controller === controller) this.#tasks.delete(job.serial);
    });
    this.#tasks.set(job.serial, { controller, done });
  }

  #abandon(job: SimulatedJob<Request>): void {
    this.#tasks.get(job.serial)?.controller.abort();
  }

  async #carryOn(job: SimulatedJob<Request>, signal: AbortSignal): Promise<void> {
    try {
      await this.#slotsIn(job.region).use(signal, async () => {
        if (job.state === 'queued') await this.#begin(job, signal);
        if (job.state === 'running') await this.#finish(job, signal);
        if (job.state === 'stopping') await this.#halt(job, signal);
      });
    } catch (error) {
      if (!signal.aborted) {
        this.book.update(job, { state: 'failed', endedAt: this.#tools.clock.now(), message: this.#reason(job, error) });
      }
    }
    if (isTerminal(job.state)) await rm(this.#workFolder(job), { recursive: true, force: true });
  }

  async #begin(job: SimulatedJob<Request>, signal: AbortSignal): Promise<void> {
    const { clock } = this.#tools;
    const queuedUntil = job.queuedUntil ?? clock.now() + clock.milliseconds(this.#kind.timing().queuedSeconds);
    if (job.queuedUntil === undefined) this.book.update(job, { queuedUntil });
    await this.#kind.dependencies?.(job, signal);
    await clock.until(queuedUntil, signal);
    this.book.update(job, { state: 'running', startedAt: clock.now() });
  }

  async #finish(job: SimulatedJob<Request>, signal: AbortSignal): Promise<void> {
    const { clock, scoring, store } = this.#tools;
    if (job.fate?.kind === 'hangs') await clock.until(Number.POSITIVE_INFINITY, signal);
    if (job.results === undefined) await scoring.use(signal, () => this.#score(job, signal));
    const limit = this.#kind.runtimeLimit;
    const startedAt = job.startedAt ?? job.createdAt;
    if (limit && this.#durationSeconds(job.records) > limit.seconds) {
      await clock.until(startedAt + clock.milliseconds(limit.seconds), signal);
      throw new JobFailure(limit.message);
    }
    await clock.until(job.runningUntil ?? startedAt, signal);
    if (job.fate?.kind === 'fails') throw new JobFailure(job.fate.message);
    this.#publishing.add(job.serial);
    try {
      await publishResults(this.#workFolder(job), job.results ?? [], store);
    } finally {
      this.#publishing.delete(job.serial);
    }
    // The job may have been deleted while its results were on their way.
    signal.throwIfAborted();
    this.book.update(job, { state: 'succeeded', endedAt: clock.now() });
  }

  async #score(job: SimulatedJob<Request>, signal: AbortSignal): Promise<void> {
    const { clock } = this.#tools;
    const isShort = job.fate?.kind === 'results-short';
    const stage = await ResultStage.open(this.#workFolder(job), signal, isShort);
    const records = await this.#kind.score(job, stage);
    signal.throwIfAborted();
    const duration = clock.milliseconds(this.#durationSeconds(records));
    const runningUntil = Math.max(clock.now(), (job.startedAt ?? clock.now()) + duration);
    const results = job.fate?.kind === 'results-missing' ? [] : stage.results;
    this.book.update(job, { records, results, runningUntil });
  }

  /** How long the service would take, in simulated seconds, however long the simulator took to score. */
  #durationSeconds(records: ScoredRecords | undefined): number {
    const { fixedSeconds, recordsPerSecond } = this.#kind.timing();
    return fixedSeconds + (records?.total ?? 0) / recordsPerSecond;
  }

  async #halt(job: SimulatedJob<Request>, signal: AbortSignal): Promise<void> {
    const { clock } = this.#tools;
    await clock.until(job.stoppingUntil ?? clock.now(), signal);
    this.book.update(job, { state: 'stopped', endedAt: clock.now() });
  }

  #reason(job: SimulatedJob<Request>, error: unknown): string {
    if (error instanceof JobFailure) return error.message;
    if (error instanceof S3Error) return `Amazon S3 refused: ${error.message}`;
    const { service, kind, id } = job;
    this.#tools.log.error({ service, kind, job: id, error }, 'The simulator could not carry out a job');
    return 'Internal error.';
  }

  #slotsIn(region: string): Slots {
    const slots = this.#slots.get(region) ?? new Slots(() => this.#kind.slots?.() ?? Number.POSITIVE_INFINITY);
    this.#slots.set(region, slots);
    return slots;
  }

  #workFolder(job: SimulatedJob<Request>): string {
    return join(this.#tools.workFolder, String(job.serial));
  }
}
