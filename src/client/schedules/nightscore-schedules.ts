import { setTimeout as delay } from 'node:timers/promises';
import type { Client, ScheduleDescription, ScheduleHandle } from '@temporalio/client';
import type { PipelineDefinition } from '../../pipeline/definition.ts';
import { InvalidInputError } from '../errors.ts';
import { OwnSchedules } from './own-schedules.ts';
import {
  contentOfDescription,
  contentOfPipeline,
  differencesBetween,
  partsOf,
  scheduleId,
  timesText,
  type ScheduleContent,
  type ScheduleDifference,
  type ScheduledPipeline,
} from './schedule-content.ts';
import { statusOfSchedule, type ScheduleStatus } from './schedule-status.ts';

export interface NightscoreSchedulesOptions {
  /** A connected Temporal client, in the namespace of the runs. */
  client: Client;
  /** Task queue of Nightscore's workers; `nightscore` when absent. */
  taskQueue?: string;
}

/** What is to be done about one schedule. `stray`: no pipeline wants it any more, and it stays, because nobody asked to prune. */
export interface ScheduleChange {
  pipeline: string;
  kind: 'create' | 'change' | 'unchanged' | 'delete' | 'stray';
  cron: string;
  timezone: string;
  /** Of a schedule that is to be changed. */
  differences: ScheduleDifference[];
}

export interface SchedulePlan {
  changes: ScheduleChange[];
  /** Does all of it. Throws an InvalidInputError when Temporal refuses a schedule. */
  carryOut(): Promise<void>;
}

/** How often Temporal is asked for a change, and when it is looked at after each time, in milliseconds. */
const TRIES = 5;
const LOOK_DELAYS_MS = [0, 50, 200, 500] as const;

/** Applies, lists, pauses, resumes, triggers and deletes the schedules of pipelines: of those whose runs go to one task queue. */
export class NightscoreSchedules {
  readonly #client: Client;
  readonly #taskQueue: string;
  readonly #own: OwnSchedules;

  constructor({ client, taskQueue = 'nightscore' }: NightscoreSchedulesOptions) {
    this.#client = client;
    this.#taskQueue = taskQueue;
    this.#own = new OwnSchedules(client, taskQueue);
  }

  /**
   * What has to change so that each of these pipelines has the schedule that it says. Changes nothing yet. Throws an InvalidInputError with
   * everything that is wrong with the pipelines.
   *
   * @param prune delete the schedules that none of these pipelines wants; without it they are left
   */
  async plan(pipelines: readonly PipelineDefinition[], { prune = false } = {}): Promise<SchedulePlan> {
    await assertValid(pipelines);
    const wanted = pipelines.filter(hasSchedule).map((pipeline) => ({
      pipeline: pipeline.name,
      content: contentOfPipeline(pipeline, this.#taskQueue, new Date()),
    }));
    const steps: { change: ScheduleChange; carryOut: () => Promise<void> }[] = [];
    for (const { pipeline, content } of wanted) {
      const own = await this.#own.find(pipeline);
      const differences = own ? differencesBetween(contentOfDescription(own.description), content) : [];
      const kind = !own ? 'create' : differences.length > 0 ? 'change' : 'unchanged';
      const carryOut = async () => {
        if (kind === 'create') await this.#create(pipeline, content);
        if (kind === 'change') await this.#update(pipeline, content);
      };
      steps.push({ change: changeOf(pipeline, kind, content, differences), carryOut });
    }
    for await (const { pipeline, description } of this.#own.list()) {
      if (wanted.some((other) => other.pipeline === pipeline)) continue;
      const change = changeOf(pipeline, prune ? 'delete' : 'stray', contentOfDescription(description), []);
      steps.push({ change, carryOut: async () => (prune ? this.#own.handle(pipeline).delete() : undefined) });
    }
    return {
      changes: steps.map(({ change }) => change),
      async carryOut() {
        for (const step of steps) await step.carryOut();
      },
    };
  }

  /**
   * How each schedule stands, by name of the pipeline.
   *
   * @param pipelines what the schedules are compared with; one that has no schedule at Temporal yet is listed as well
   */
  async list(pipelines?: readonly PipelineDefinition[]): Promise<ScheduleStatus[]> {
    const scheduled = (pipelines ?? []).filter(hasSchedule);
    const listed: ScheduleStatus[] = [];
    for await (const { pipeline, description } of this.#own.list(scheduled.map(({ name }) => name))) {
      const status = await statusOfSchedule(this.#client, pipeline, description);
      listed.push({ ...status, ...(pipelines && this.#comparison(pipeline, description, pipelines)) });
    }
    const unapplied = scheduled
      .filter(({ name }) => !listed.some(({ pipeline }) => pipeline === name))
      .map((pipeline) => notApplied(pipeline, contentOfPipeline(pipeline, this.#taskQueue, new Date())));
    return [...listed, ...unapplied].toSorted((one, other) => (one.pipeline < other.pipeline ? -1 : 1));
  }

  /** Nothing is started until it is resumed. Throws an InvalidInputError when there is no such schedule. */
  async pause(pipeline: string, reason: string): Promise<void> {
    const handle = await this.#own.get(pipeline);
    await untilTaken(handle, { ask: () => handle.pause(reason), isTaken: ({ state }) => state.paused });
  }

  /** Ends a pause; what was due meanwhile is not made up for. Throws an InvalidInputError when there is no such schedule. */
  async resume(pipeline: string, note = 'Resumed'): Promise<void> {
    const handle = await this.#own.get(pipeline);
    await untilTaken(handle, { ask: () => handle.unpause(note), isTaken: ({ state }) => !state.paused });
  }

  /** Starts the run of the current period now, whatever goes on, also when it is paused. Throws an InvalidInputError when there is no such schedule. */
  async trigger(pipeline: string): Promise<void> {
    const handle = await this.#own.get(pipeline);
    const { info } = await handle.describe();
    await untilTaken(handle, {
      // To ask twice is harmless: a period runs once.
      ask: () => handle.trigger('ALLOW_ALL'),
      isTaken: (now) => now.info.numActionsTaken > info.numActionsTaken,
    });
  }

  /** Deletes a schedule; the runs that it started go on. Throws an InvalidInputError when there is no such schedule. */
  async delete(pipeline: string): Promise<void> {
    const handle = await this.#own.get(pipeline);
    await handle.delete();
  }

  async #create(pipeline: string, content: ScheduleContent): Promise<void> {
    await toldByTemporal(pipeline, () =>
      this.#client.schedule.create({
        scheduleId: scheduleId(pipeline),
        ...partsOf(content, pipeline, this.#taskQueue),
        memo: this.#own.memo(pipeline),
      }),
    );
  }

  /** Whether it is paused, and why, stays as it is. */
  async #update(pipeline: string, content: ScheduleContent): Promise<void> {
    await toldByTemporal(pipeline, () =>
      this.#own.handle(pipeline).update(({ state: { paused, note } }) => ({
        ...partsOf(content, pipeline, this.#taskQueue),
        state: { paused, ...(note !== undefined && { note }) },
      })),
    );
  }

  #comparison(
    name: string,
    description: ScheduleDescription,
    pipelines: readonly PipelineDefinition[],
  ): Pick<ScheduleStatus, 'drift' | 'withoutFile'> {
    const pipeline = pipelines.find((other) => other.name === name);
    if (!pipeline) return { withoutFile: 'there is no valid file of its pipeline' };
    if (!hasSchedule(pipeline)) return { withoutFile: 'its file has no schedule' };
    const wanted = contentOfPipeline(pipeline, this.#taskQueue, new Date());
    return { drift: differencesBetween(contentOfDescription(description), wanted) };
  }
}

function hasSchedule(pipeline: PipelineDefinition): pipeline is ScheduledPipeline {
  return pipeline.schedule !== undefined;
}

function changeOf(
  pipeline: string,
  kind: ScheduleChange['kind'],
  content: ScheduleContent,
  differences: ScheduleDifference[],
): ScheduleChange {
  return { pipeline, kind, cron: timesText(content), timezone: content.timezone, differences };
}

function notApplied({ name }: ScheduledPipeline, content: ScheduleContent): ScheduleStatus {
  const { timezone } = content;
  const nothing = { nextTimes: [], lastActions: [], missed: 0, skipped: 0 };
  return { pipeline: name, state: 'not-applied', cron: timesText(content), timezone, ...nothing };
}

async function assertValid(pipelines: readonly PipelineDefinition[]): Promise<void> {
  // Loaded only now: it knows every service, and brings the AWS clients with it.
  const [{ checkDefinition, formatProblem }, { USES }] = await Promise.all([
    import('../../pipeline/validation/parse.ts'),
    import('../../uses-catalog.ts'),
  ]);
  const problems = pipelines.flatMap((pipeline) =>
    checkDefinition(pipeline, USES).map((problem) => `${pipeline.name}: ${formatProblem(problem)}`),
  );
  const names = pipelines.map(({ name }) => name);
  const repeated = new Set(names.filter((name, index) => names.indexOf(name) !== index));
  problems.push(...[...repeated].map((name) => `There are several pipelines with the name ${name}.`));
  if (problems.length > 0) throw new InvalidInputError(problems);
}

/** Of two pauses or triggers that reach a schedule at the same moment Temporal keeps one (seen with 1.32), so we look whether it was this one. */
async function untilTaken(
  handle: ScheduleHandle,
  { ask, isTaken }: { ask: () => Promise<void>; isTaken: (description: ScheduleDescription) => boolean },
): Promise<void> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    await ask();
    for (const delayMs of LOOK_DELAYS_MS) {
      await delay(delayMs);
      if (isTaken(await handle.describe())) return;
    }
  }
  throw new Error(`Temporal did not take the request to ${handle.scheduleId}; try again.`);
}

/** The SDK turns what Temporal refuses into a TypeError. */
async function toldByTemporal(pipeline: string, change: () => Promise<unknown>): Promise<void> {
  try {
    await change();
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new InvalidInputError([
      `Temporal refuses the schedule of pipeline ${pipeline}: ${error.message}. It was not changed; what comes before it in the plan was.`,
    ]);
  }
}
