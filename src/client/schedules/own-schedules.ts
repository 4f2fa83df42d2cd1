import pMap from 'p-map';
import { ScheduleNotFoundError, type Client, type ScheduleDescription, type ScheduleHandle } from '@temporalio/client';
import { suggestionFor, withSuggestion } from '../../pipeline/suggestion.ts';
import { InvalidInputError } from '../errors.ts';
import { clientAsOf } from './client-as-of.ts';
import {
  contentOfDescription,
  differencesBetween,
  partsOf,
  scheduleId,
  type ScheduleContent,
} from './schedule-content.ts';
import { untilTaken } from './until-taken.ts';

/** How many calls go to Temporal at the same time, where many schedules are looked at or changed. */
export const CALLS_AT_ONCE = 10;

/** What marks a schedule as ours, and says whose workers it starts; in its memo. */
interface Mark {
  pipeline: string;
  taskQueue: string;
}

export interface OwnSchedule {
  pipeline: string;
  description: ScheduleDescription;
}

/** The schedules at Temporal that are Nightscore's, and start its workers on one task queue. */
export class OwnSchedules {
  readonly #client: Client;
  readonly taskQueue: string;

  constructor(client: Client, taskQueue: string) {
    this.#client = client;
    this.taskQueue = taskQueue;
  }

  handle(pipeline: string): ScheduleHandle {
    return this.#client.schedule.getHandle(scheduleId(pipeline));
  }

  /** The schedule of a pipeline, if there is one. Throws an InvalidInputError when it is there and not ours. */
  async find(pipeline: string): Promise<OwnSchedule | undefined> {
    const description = await this.#describe(scheduleId(pipeline));
    if (!description) return undefined;
    if (this.#ownMark(description.scheduleId, description.memo)) return { pipeline, description };
    const mark = markOf(description.memo);
    const owner = mark ? `task queue ${mark.taskQueue} (this is ${this.taskQueue})` : 'somebody else';
    const way = mark
      ? 'Name that one in NIGHTSCORE_TASK_QUEUE, or use a namespace of its own for each'
      : 'Delete it with `temporal schedule delete`';
    throw new InvalidInputError([
      `Schedule ${description.scheduleId} belongs to ${owner}. ${way}. Nothing was changed.`,
    ]);
  }

  /** The handle of a pipeline's schedule. Throws an InvalidInputError when there is none, or it is not ours. */
  async get(pipeline: string): Promise<ScheduleHandle> {
    if (await this.find(pipeline)) return this.handle(pipeline);
    const names = (await this.described(await this.names())).map((own) => own.pipeline);
    const suggestion = suggestionFor(pipeline, names);
    const problem = withSuggestion(`There is no schedule of pipeline ${JSON.stringify(pipeline)}`, suggestion);
    const there =
      names.length > 0 ? `There are: ${names.join(', ')}` : 'There are none: see `nightscore schedule apply`';
    throw new InvalidInputError([`${problem}. ${there}. Nothing was changed.`]);
  }

  /** The pipelines that have a schedule of ours, as Temporal's list tells it: that lags behind what was just created or deleted. */
  async names(): Promise<string[]> {
    const names: string[] = [];
    for await (const { scheduleId: id, memo } of this.#client.schedule.list()) {
      const mark = this.#ownMark(id, memo);
      if (mark) names.push(mark.pipeline);
    }
    return names;
  }

  /** The schedules of these pipelines, by name; without those that are not there, or not ours. */
  async described(pipelines: readonly string[]): Promise<OwnSchedule[]> {
    const look = async (pipeline: string): Promise<OwnSchedule[]> => {
      const id = scheduleId(pipeline);
      const description = await this.#describe(id);
      return description && this.#ownMark(id, description.memo) ? [{ pipeline, description }] : [];
    };
    return (await pMap(pipelines.toSorted(), look, { concurrency: CALLS_AT_ONCE })).flat();
  }

  /** Throws an InvalidInputError when Temporal refuses it, a ScheduleAlreadyRunning when it is there. */
  async create(pipeline: string, content: ScheduleContent): Promise<void> {
    const mark: Mark = { pipeline, taskQueue: this.taskQueue };
    await toldByTemporal(pipeline, () =>
      this.#client.schedule.create({
        scheduleId: scheduleId(pipeline),
        ...partsOf(content, pipeline, this.taskQueue),
        memo: { nightscore: mark },
      }),
    );
  }

  /**
   * Makes all of it the same but whether it is paused, and why. Throws an InvalidInputError when Temporal refuses it, a ScheduleNotFoundError
   * when it is not there.
   */
  async update(pipeline: string, content: ScheduleContent): Promise<void> {
    const handle = this.handle(pipeline);
    const parts = partsOf(content, pipeline, this.taskQueue);
    await untilTaken(handle, {
      ask: async () => {
        const description = await handle.describe();
        const { paused, note } = description.state;
        const state = { paused, ...(note !== undefined && { note }) };
        const guarded = clientAsOf(this.#client.schedule, description);
        await toldByTemporal(pipeline, () => guarded.getHandle(handle.scheduleId).update(() => ({ ...parts, state })));
      },
      isTaken: (now) => differencesBetween(contentOfDescription(now), content).length === 0,
    });
  }

  /** Deletes it, unless somebody else was faster. */
  async remove(pipeline: string): Promise<void> {
    try {
      await this.handle(pipeline).delete();
    } catch (error) {
      if (!(error instanceof ScheduleNotFoundError)) throw error;
    }
  }

  #ownMark(id: string, memo: ScheduleDescription['memo']): Mark | undefined {
    const mark = markOf(memo);
    return mark?.taskQueue === this.taskQueue && id === scheduleId(mark.pipeline) ? mark : undefined;
  }

  async #describe(id: string): Promise<ScheduleDescription | undefined> {
    try {
      return await this.#client.schedule.getHandle(id).describe();
    } catch (error) {
      if (error instanceof ScheduleNotFoundError) return undefined;
      throw error;
    }
  }
}

function markOf(memo: ScheduleDescription['memo']): Mark | undefined {
  const mark = memo?.['nightscore'] as Partial<Mark> | undefined;
  return typeof mark?.pipeline === 'string' && typeof mark.taskQueue === 'string' ? (mark as Mark) : undefined;
}

/** The SDK turns what Temporal refuses into a TypeError. */
async function toldByTemporal(pipeline: string, change: () => Promise<unknown>): Promise<void> {
  try {
    await change();
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new InvalidInputError([
      `Temporal refuses the schedule of pipeline ${pipeline}: ${error.message}. It was left as it was; the rest of the plan was carried out.`,
    ]);
  }
}
