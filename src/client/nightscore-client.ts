import {
  type Client,
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
  type WorkflowExecutionDescription,
} from '@temporalio/client';
import { setTimeout as delay } from 'node:timers/promises';
import { chunksOf } from '../chunks.ts';
import type { Params, PipelineDefinition } from '../pipeline/definition.ts';
import type { RunReport } from '../pipeline/report.ts';
import { runKey } from '../pipeline/run-key.ts';
import type { RunPipelineInput } from '../workflows/run-pipeline.ts';
import { InvalidInputError, NoWorkerError, RunDiffersError, RunNotFoundError } from './errors.ts';
import { inspectReused } from './inspect-reused.ts';
import { latestRunIds } from './latest-runs.ts';
import { liveSignsOf, withProgress } from './live-report.ts';
import { RUNS_PER_ANSWER, RUNS_PER_QUERY } from './page-size.ts';
import { definitionDifferences, paramDifferences, type AskedRun, type RunDifference } from './run-differences.ts';
import { readFirstRunInput, readRunInput } from './run-input.ts';
import { readRunPage, type RunPage, type RunPageOptions } from './run-page.ts';
import {
  prepareReplay,
  replayedMeanwhile,
  startReplay,
  type ReadyReplay,
  type ReplayOptions,
  type ReplayPlan,
  type ReplayStartOptions,
} from './replay.ts';
import { readRunHistory, type RunOfHistory } from './run-history.ts';
import { visibilityQuery, type RunFilter } from './run-filter.ts';
import { readRunReport } from './run-report.ts';
import { statusOf, summaryOf, type RunStatus, type RunSummary } from './run-summary.ts';
import { startRunWorkflow } from './start-run-workflow.ts';

export interface NightscoreClientOptions {
  /** A connected Temporal client, in the namespace of the runs. */
  client: Client;
  /** Task queue of Nightscore's workers; `nightscore` when absent. */
  taskQueue?: string;
}

export interface StartOptions {
  /** A pipeline by name, of which the workers have the file, or a whole definition. */
  pipeline: string | PipelineDefinition;
  /** The period (`2026-11-20`), or any key for a pipeline without a period. One run per pipeline and key. */
  key: string;
  params?: Params;
  /** Who or what asks for the run, for people; `client` when absent. */
  trigger?: string;
}

export interface StartResult {
  /** The run key. */
  run: string;
  /** False when the run existed before; then nothing was changed. */
  started: boolean;
  /** In what the definition of a run that existed differs from the one that is asked for, if it does: the run keeps its own. */
  definitionDifferences?: RunDifference[];
}

export interface RunStanding {
  status: RunStatus;
  /** Temporal run id of the latest run under the key. */
  runId: string;
}

const WATCH_INTERVAL_MS = 1_000;
/** Of how many runs one looks at once which are the latest under their keys. */
const LATEST_AT_ONCE = 50;

/** How long a worker may take to take up what a run is told, in milliseconds. */
const UPDATE_TIMEOUT_MS = 8_000;

/** Starts, reads, lists, watches and cancels runs. */
export class NightscoreClient {
  readonly #client: Client;
  readonly #taskQueue: string;

  constructor({ client, taskQueue = 'nightscore' }: NightscoreClientOptions) {
    this.#client = client;
    this.#taskQueue = taskQueue;
  }

  /**
   * Starts a run, unless there is one with its key already: running or ended, that one stays as it is. A definition is checked first, together
   * with the key and the parameters: throws an InvalidInputError with everything that is wrong, and starts nothing. A pipeline that is named is
   * checked by the worker. Throws a RunDiffersError when the run that is there was started with other parameters.
   */
  async start({ pipeline, key, params = {}, trigger = 'client' }: StartOptions): Promise<StartResult> {
    const definition = typeof pipeline === 'string' ? undefined : pipeline;
    if (definition) await assertCanRun(definition, key, params);
    const run = runKey(typeof pipeline === 'string' ? pipeline : pipeline.name, key);
    const input: RunPipelineInput = { pipeline, key, params, trigger };
    try {
      await startRunWorkflow(this.#client, { run, taskQueue: this.#taskQueue, input, isReplay: false });
      return { run, started: true };
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      const different = await this.#definitionDifferences(run, { params, ...(definition && { definition }) });
      return { run, started: false, ...(different.length > 0 && { definitionDifferences: different }) };
    }
  }

  /** A start that is repeated finds its run also after a replay with other parameters. Throws a RunDiffersError. */
  async #definitionDifferences(run: string, asked: AskedRun): Promise<RunDifference[]> {
    const latest = await readRunInput(this.#client, run);
    const different = paramDifferences(latest, asked);
    const isOfFirst =
      latest.replay !== undefined && paramDifferences(await readFirstRunInput(this.#client, run), asked).length === 0;
    if (different.length > 0 && !isOfFirst) throw new RunDiffersError(run, different);
    return definitionDifferences(latest, asked);
  }

  /** What is known of a run now. Throws a RunNotFoundError. */
  async get(run: string): Promise<RunReport> {
    const description = await this.#describe(run);
    const report = await readRunReport(this.#client, description);
    if (statusOf(description) !== 'running') return report;
    // Between two activities none is pending, and the report, which was read later, may tell of the next one already.
    const isBetween = !description.raw.pendingActivities?.length;
    const live = isBetween ? await this.#describe(run) : description;
    return withProgress(report, await liveSignsOf(this.#client, live));
  }

  /** All runs under a run key that Temporal still keeps, the first one first: the run and its replays. Throws a RunNotFoundError. */
  async history(run: string): Promise<RunOfHistory[]> {
    await this.#describe(run);
    return readRunHistory(this.#client, run, (info) => readRunReport(this.#client, info));
  }

  /**
   * How a run stands, without a question to its worker; undefined when there is no such run.
   *
   * @param runId Temporal run id; the latest run under the key when absent
   */
  async standing(run: string, runId?: string): Promise<RunStanding | undefined> {
    try {
      const description = await this.#describe(run, runId);
      return { status: statusOf(description), runId: description.runId };
    } catch (error) {
      if (error instanceof RunNotFoundError) return undefined;
      throw error;
    }
  }

  /**
   * One page of the runs that match, in the order of {@link list}; shorter by the runs that were replayed since. Throws an InvalidInputError for
   * a cursor that is none.
   */
  async listPage(filter: RunFilter, options: RunPageOptions): Promise<RunPage> {
    const page = await readRunPage(this.#client, visibilityQuery(filter), options);
    return { ...page, runs: await this.#latestOf(page.runs) };
  }

  /**
   * The runs that match: those that go on first, then those that have ended, the latest end first, as Temporal lists them. Of a run that was
   * replayed only the latest run under its key counts. Throws an InvalidInputError for a `where` that is none.
   */
  async *list(filter: RunFilter = {}): AsyncIterable<RunSummary> {
    const { runs } = filter;
    const filters = runs ? chunksOf(runs, RUNS_PER_QUERY).map((some) => ({ ...filter, runs: some })) : [filter];
    for (const one of filters) yield* this.#listOf(visibilityQuery(one));
  }

  async *#listOf(query: string): AsyncIterable<RunSummary> {
    let found: RunSummary[] = [];
    for await (const info of this.#client.workflow.list({ query, pageSize: RUNS_PER_ANSWER })) {
      found.push(...[summaryOf(info)].filter((one) => one !== undefined));
      if (found.length < LATEST_AT_ONCE) continue;
      yield* await this.#latestOf(found);
      found = [];
    }
    yield* await this.#latestOf(found);
  }

  async #latestOf(runs: readonly RunSummary[]): Promise<RunSummary[]> {
    // A run that goes on is the latest: Temporal lets one run at a time.
    const ended = runs.filter(({ status }) => status !== 'running').map(({ id }) => id);
    const latest = await latestRunIds(this.#client, ended);
    return runs.filter(({ id, runId }) => (latest.get(id) ?? runId) === runId);
  }

  /**
   * Asks a run to cancel: its jobs are stopped where their services can, and the report says what became of each.
   * Returns before that is done. A run that has ended stays as it is. Throws a RunNotFoundError.
   */
  async cancel(run: string): Promise<void> {
    const description = await this.#describe(run);
    if (statusOf(description) !== 'running') return;
    await this.#client.workflow
      .getHandle(run, description.runId)
      .cancel()
      .catch((error: unknown) => {
        // It has ended since we looked.
        if (!(error instanceof WorkflowNotFoundError)) throw error;
      });
  }

  /**
   * Asks a run to cancel one step: its job is stopped where its service can, and steps that need it are skipped. Returns once the run was told.
   * Throws a RunNotFoundError, an InvalidInputError when there is no such step or it has ended, and a NoWorkerError.
   */
  async cancelStep(run: string, step: string): Promise<void> {
    const description = await this.#describe(run);
    if (statusOf(description) !== 'running') throw new InvalidInputError([`Run ${run} has ended already.`]);
    const handle = this.#client.workflow.getHandle(run, description.runId);
    try {
      await this.#client.withDeadline(Date.now() + UPDATE_TIMEOUT_MS, () =>
        handle.executeUpdate('cancelStep', { args: [step] }),
      );
    } catch (error) {
      if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) {
        throw new NoWorkerError(
          `No worker has taken up in time that step ${step} of run ${run} is to be cancelled. Is one running on its task queue, ${description.taskQueue}? It may still be done once one runs.`,
          { cause: error },
        );
      }
      if (error instanceof WorkflowUpdateFailedError)
        throw new InvalidInputError([error.cause?.message ?? error.message]);
      throw error;
    }
  }

  /** What a replay of a run that has ended would do; see {@link prepareReplay}. */
  async planReplay(options: ReplayOptions & { inspect?: boolean }): Promise<ReplayPlan> {
    return (await this.prepareReplay(options)).plan;
  }

  /**
   * What a replay of a run that has ended would do, and the means to do just that. A worker looks whether the result files of the steps that it
   * would reuse are still there, unless `inspect` is false. Throws a RunNotFoundError, or an InvalidInputError when the run still runs or
   * cannot be replayed so.
   *
   * @param options with `of`, the Temporal run id that an earlier plan was made for: it is refused when it is not the latest any more
   */
  async prepareReplay(options: ReplayOptions & { of?: string; inspect?: boolean }): Promise<ReadyReplay> {
    const { run, of, inspect = true } = options;
    const description = await this.#describe(run);
    if (of !== undefined && of !== description.runId) throw replayedMeanwhile(run);
    const prepared = await prepareReplay(this.#client, this.#taskQueue, description, options);
    const found = inspect ? await inspectReused(this.#client, this.#taskQueue, prepared) : [];
    return {
      plan: { ...prepared.plan, warnings: [...prepared.plan.warnings, ...found] },
      definition: prepared.input.pipeline,
      start: (told = {}) => startReplay(this.#client, this.#taskQueue, prepared, told),
    };
  }

  /**
   * Replays a run that has ended: a new Temporal run under the same run key that reuses the steps which succeeded, adopts jobs that
   * run or have ended since, and submits new job attempts for the rest. Starts nothing, and throws an InvalidInputError, when the run still
   * runs, when it cannot be replayed so or when there is nothing to do; throws a RunNotFoundError.
   *
   * @param options with `of`, the Temporal run id that a plan was made for: nothing is started when it is not the latest any more
   */
  async replay(
    options: ReplayStartOptions & { of?: string },
  ): Promise<{ run: string; runId: string; plan: ReplayPlan }> {
    const { plan, start } = await this.prepareReplay({ ...options, inspect: false });
    return { run: options.run, runId: await start(options), plan };
  }

  /** The report whenever it changes, until the run has ended; the last one has an outcome. Throws a RunNotFoundError. */
  async *watch(run: string, options: { intervalMs?: number; signal?: AbortSignal } = {}): AsyncIterable<RunReport> {
    const { intervalMs = WATCH_INTERVAL_MS, signal } = options;
    let before: string | undefined;
    for (;;) {
      const report = await this.get(run);
      const now = JSON.stringify(report);
      if (now !== before) yield report;
      if (report.outcome !== undefined) return;
      before = now;
      await delay(intervalMs, undefined, signal && { signal });
    }
  }

  async #describe(run: string, runId?: string): Promise<WorkflowExecutionDescription> {
    try {
      return await this.#client.workflow.getHandle(run, runId).describe();
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) throw new RunNotFoundError(run);
      throw error;
    }
  }
}

/** Throws an InvalidInputError with everything that is wrong with the definition, the key or the parameters. */
export async function assertCanRun(definition: PipelineDefinition, key: string, params: Params): Promise<void> {
  // Loaded only now: it knows every service, and brings the AWS clients with it.
  const { prepareRun } = await import('../prepare-run.ts');
  const { problems } = prepareRun(definition, key, params);
  if (problems) throw new InvalidInputError(problems);
}
