import { ScheduleAlreadyRunning, ScheduleNotFoundError } from '@temporalio/client';
import pMap from 'p-map';
import type { PipelineDefinition } from '../../pipeline/definition.ts';
import { InvalidInputError } from '../errors.ts';
import { CALLS_AT_ONCE, type OwnSchedules } from './own-schedules.ts';
import {
  contentOfDescription,
  contentOfPipeline,
  differencesBetween,
  hasSchedule,
  timesText,
  type ScheduleContent,
  type ScheduleDifference,
} from './schedule-content.ts';

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
  /**
   * Does all of it, and tells what was done: not what was planned, where somebody else was faster. Throws an InvalidInputError with every
   * schedule that Temporal refuses; the others are carried out.
   */
  carryOut(): Promise<ScheduleChange[]>;
}

interface Step {
  change: ScheduleChange;
  /** Resolves with what was done. */
  carryOut(): Promise<ScheduleChange>;
}

/** What has to change so that each of these pipelines has the schedule that it says; see `NightscoreSchedules`. */
export async function planSchedules(
  own: OwnSchedules,
  pipelines: readonly PipelineDefinition[],
  { prune }: { prune: boolean },
): Promise<SchedulePlan> {
  await assertValid(pipelines);
  const wanted = pipelines.filter(hasSchedule);
  const now = new Date();
  const stepOf = async (pipeline: (typeof wanted)[number]) =>
    stepTowards(own, pipeline.name, contentOfPipeline(pipeline, own.taskQueue, now));
  const steps = await pMap(wanted, stepOf, { concurrency: CALLS_AT_ONCE });
  const names = new Set(wanted.map(({ name }) => name));
  const unwanted = (await own.names()).filter((name) => !names.has(name));
  for (const { pipeline, description } of await own.described(unwanted)) {
    steps.push(leftoverStep(own, pipeline, contentOfDescription(description), prune));
  }
  return { changes: steps.map(({ change }) => change), carryOut: async () => carryOut(steps) };
}

async function stepTowards(own: OwnSchedules, pipeline: string, content: ScheduleContent): Promise<Step> {
  const found = await own.find(pipeline);
  const differences = found ? differencesBetween(contentOfDescription(found.description), content) : [];
  const kind = !found ? 'create' : differences.length > 0 ? 'change' : 'unchanged';
  const change = changeOf(pipeline, kind, content, differences);
  return {
    change,
    async carryOut() {
      try {
        if (kind === 'create') await own.create(pipeline, content);
        if (kind === 'change') await own.update(pipeline, content);
        return change;
      } catch (error) {
        const isOvertaken = error instanceof ScheduleAlreadyRunning || error instanceof ScheduleNotFoundError;
        if (!isOvertaken) throw error;
        // Somebody else has created or deleted it since: what is to be done now?
        return (await stepTowards(own, pipeline, content)).carryOut();
      }
    },
  };
}

function leftoverStep(own: OwnSchedules, pipeline: string, content: ScheduleContent, prune: boolean): Step {
  const change = changeOf(pipeline, prune ? 'delete' : 'stray', content, []);
  return {
    change,
    async carryOut() {
      if (prune) await own.remove(pipeline);
      return change;
    },
  };
}

async function carryOut(steps: readonly Step[]): Promise<ScheduleChange[]> {
  const refused: string[] = [];
  const carryOutStep = async (step: Step) => {
    try {
      return await step.carryOut();
    } catch (error) {
      if (!(error instanceof InvalidInputError)) throw error;
      refused.push(...error.problems);
      return step.change;
    }
  };
  const done = await pMap(steps, carryOutStep, { concurrency: CALLS_AT_ONCE });
  if (refused.length > 0) throw new InvalidInputError(refused.toSorted());
  return done;
}

function changeOf(
  pipeline: string,
  kind: ScheduleChange['kind'],
  content: ScheduleContent,
  differences: ScheduleDifference[],
): ScheduleChange {
  return { pipeline, kind, cron: timesText(content), timezone: content.timezone, differences };
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
