import { ScheduleNotFoundError, type Client, type ScheduleDescription, type ScheduleHandle } from '@temporalio/client';
import { suggestionFor, withSuggestion } from '../../pipeline/suggestion.ts';
import { InvalidInputError } from '../errors.ts';
import { scheduleId } from './schedule-content.ts';

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
  readonly #taskQueue: string;

  constructor(client: Client, taskQueue: string) {
    this.#client = client;
    this.#taskQueue = taskQueue;
  }

  handle(pipeline: string): ScheduleHandle {
    return this.#client.schedule.getHandle(scheduleId(pipeline));
  }

  /** What a schedule has to carry to be known again as ours. */
  memo(pipeline: string): { nightscore: Mark } {
    return { nightscore: { pipeline, taskQueue: this.#taskQueue } };
  }

  /** The schedule of a pipeline, if there is one. Throws an InvalidInputError when it is there and not ours. */
  async find(pipeline: string): Promise<OwnSchedule | undefined> {
    const description = await this.#describe(scheduleId(pipeline));
    if (!description) return undefined;
    if (this.#ownMark(description.scheduleId, description.memo)) return { pipeline, description };
    const mark = markOf(description.memo);
    const owner = mark ? `task queue ${mark.taskQueue} (this is ${this.#taskQueue})` : 'somebody else';
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
    const names: string[] = [];
    for await (const own of this.list()) names.push(own.pipeline);
    const suggestion = suggestionFor(pipeline, names);
    const problem = withSuggestion(`There is no schedule of pipeline ${JSON.stringify(pipeline)}`, suggestion);
    const there =
      names.length > 0 ? `There are: ${names.join(', ')}` : 'There are none: see `nightscore schedule apply`';
    throw new InvalidInputError([`${problem}. ${there}. Nothing was changed.`]);
  }

  /**
   * Our schedules.
   *
   * @param pipelines whose schedules are looked for by name: Temporal's list may not tell yet of one that was just created
   */
  async *list(pipelines: readonly string[] = []): AsyncIterable<OwnSchedule> {
    const names = new Set(pipelines);
    for await (const { scheduleId: id, memo } of this.#client.schedule.list()) {
      const mark = this.#ownMark(id, memo);
      if (mark) names.add(mark.pipeline);
    }
    for (const pipeline of [...names].toSorted()) {
      const id = scheduleId(pipeline);
      const description = await this.#describe(id);
      if (description && this.#ownMark(id, description.memo)) yield { pipeline, description };
    }
  }

  #ownMark(id: string, memo: ScheduleDescription['memo']): Mark | undefined {
    const mark = markOf(memo);
    return mark?.taskQueue === this.#taskQueue && id === scheduleId(mark.pipeline) ? mark : undefined;
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
