import type { Client, ScheduleDescription } from '@temporalio/client';
import pMap from 'p-map';
import type { PipelineDefinition } from '../../pipeline/definition.ts';
import { InvalidInputError } from '../errors.ts';
import { CALLS_AT_ONCE, OwnSchedules } from './own-schedules.ts';
import {
  contentOfDescription,
  contentOfPipeline,
  differencesBetween,
  hasSchedule,
  timesText,
  type ScheduleContent,
  type ScheduledPipeline,
} from './schedule-content.ts';
import { planSchedules, type SchedulePlan } from './schedule-plan.ts';
import { statusOfSchedule, type ScheduleStatus } from './schedule-status.ts';
import { untilTaken } from './until-taken.ts';

export interface NightscoreSchedulesOptions {
  /** A connected Temporal client, in the namespace of the runs. */
  client: Client;
  /** Task queue of Nightscore's workers; `nightscore` when absent. */
  taskQueue?: string;
}

/** Applies, lists, pauses, resumes, triggers and deletes the schedules of pipelines: of those whose runs go to one task queue. */
export class NightscoreSchedules {
  readonly #client: Client;
  readonly #own: OwnSchedules;

  constructor({ client, taskQueue = 'nightscore' }: NightscoreSchedulesOptions) {
    this.#client = client;
    this.#own = new OwnSchedules(client, taskQueue);
  }

  /**
   * What has to change so that each of these pipelines has the schedule that it says. Changes nothing yet. Throws an InvalidInputError with
   * everything that is wrong with the pipelines.
   *
   * @param prune delete the schedules that none of these pipelines wants; without it they are left
   */
  async plan(pipelines: readonly PipelineDefinition[], { prune = false } = {}): Promise<SchedulePlan> {
    return planSchedules(this.#own, pipelines, { prune });
  }

  /**
   * How each schedule stands, by name of the pipeline.
   *
   * @param pipelines what the schedules are compared with; one that has no schedule at Temporal yet is listed as well
   */
  async list(pipelines?: readonly PipelineDefinition[]): Promise<ScheduleStatus[]> {
    const scheduled = (pipelines ?? []).filter(hasSchedule);
    // By name as well: Temporal's list may not tell yet of one that was just created.
    const names = new Set([...(await this.#own.names()), ...scheduled.map(({ name }) => name)]);
    const listed = await pMap(
      await this.#own.described([...names]),
      async ({ pipeline, description }): Promise<ScheduleStatus> => ({
        ...(await statusOfSchedule(this.#client, pipeline, description)),
        ...(pipelines && this.#comparison(pipeline, description, pipelines)),
      }),
      { concurrency: CALLS_AT_ONCE },
    );
    const unapplied = scheduled
      .filter(({ name }) => !listed.some(({ pipeline }) => pipeline === name))
      .map((pipeline) => notApplied(pipeline, contentOfPipeline(pipeline, this.#own.taskQueue, new Date())));
    return [...listed, ...unapplied].toSorted((one, other) => (one.pipeline < other.pipeline ? -1 : 1));
  }

  /** Nothing is started until it is resumed. Throws an InvalidInputError when there is no such schedule, or the reason is blank. */
  async pause(pipeline: string, reason: string): Promise<void> {
    assertNotBlank('reason', reason);
    const handle = await this.#own.get(pipeline);
    await untilTaken(handle, { ask: () => handle.pause(reason), isTaken: ({ state }) => state.paused });
  }

  /** Ends a pause; what was due meanwhile is not made up for. Throws an InvalidInputError when there is no such schedule, or the note is blank. */
  async resume(pipeline: string, note = 'Resumed'): Promise<void> {
    assertNotBlank('note', note);
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
    await this.#own.get(pipeline);
    await this.#own.remove(pipeline);
  }

  #comparison(
    name: string,
    description: ScheduleDescription,
    pipelines: readonly PipelineDefinition[],
  ): Pick<ScheduleStatus, 'drift' | 'withoutFile'> {
    const pipeline = pipelines.find((other) => other.name === name);
    if (!pipeline) return { withoutFile: 'there is no valid file of its pipeline' };
    if (!hasSchedule(pipeline)) return { withoutFile: 'its file has no schedule' };
    const wanted = contentOfPipeline(pipeline, this.#own.taskQueue, new Date());
    return { drift: differencesBetween(contentOfDescription(description), wanted) };
  }
}

/** Temporal changes nothing for an empty text, and a blank one tells nobody anything. */
function assertNotBlank(what: 'reason' | 'note', text: string): void {
  if (text.trim() === '') throw new InvalidInputError([`The ${what} must not be blank. Nothing was changed.`]);
}

function notApplied({ name }: ScheduledPipeline, content: ScheduleContent): ScheduleStatus {
  const { timezone } = content;
  const nothing = { nextTimes: [], lastActions: [], missed: 0, skipped: 0 };
  return { pipeline: name, state: 'not-applied', cron: timesText(content), timezone, ...nothing };
}
