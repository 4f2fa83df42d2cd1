import type {
  ScheduleDescription,
  ScheduleOptionsStartWorkflowAction,
  ScheduleOverlapPolicy,
} from '@temporalio/client';
import { repeatedFirings, shiftedFirings, type LocalMinute } from '../../pipeline/clock-changes.ts';
import { parseCron } from '../../pipeline/cron.ts';
import type { Overlap, Period, PipelineDefinition, ScheduleDefinition } from '../../pipeline/definition.ts';
import { durationText, parseDuration } from '../../pipeline/duration.ts';
import { firstMoment, lastMoment } from '../../pipeline/schedule-moment.ts';
import type { scheduledRun } from '../../workflows/scheduled-run.ts';
import {
  calendarOf,
  calendarSpec,
  calendarText,
  everyYear,
  isOnce,
  once,
  onceText,
  type Calendar,
} from './calendar.ts';

/** A pipeline that says when it runs. */
export type ScheduledPipeline = PipelineDefinition & { schedule: ScheduleDefinition };

/** What there is to a schedule, whether a file says it or Temporal. */
export interface ScheduleContent {
  calendars: Calendar[];
  /** Single moments beside the calendars. */
  moments: Date[];
  /** Times that no pipeline file can say, each in words. */
  foreignTimes: string[];
  timezone: string;
  jitterMs: number;
  startAt?: Date;
  endAt?: Date;
  overlap: ScheduleOverlapPolicy;
  catchupWindowMs: number;
  pauseOnFailure: boolean;
  /** The workflow that it starts, in words. */
  starts: string;
  /** With what else it starts it, and no pipeline file can say, each in words. */
  foreignOptions: string[];
  /** How many more times it starts anything; as often as it is due when absent, and no pipeline file can say otherwise. */
  remainingActions?: number;
}

/** One thing in which a schedule at Temporal is not what the file says. */
export interface ScheduleDifference {
  what: string;
  /** At Temporal. */
  from: string;
  /** In the file. */
  to: string;
}

const DEFAULT_CATCHUP_WINDOW = '6h';

const OVERLAP_AT_TEMPORAL: Record<Overlap, ScheduleOverlapPolicy> = {
  skip: 'SKIP',
  'buffer-one': 'BUFFER_ONE',
  'buffer-all': 'BUFFER_ALL',
  'cancel-other': 'CANCEL_OTHER',
  'terminate-other': 'TERMINATE_OTHER',
  'allow-all': 'ALLOW_ALL',
};

/** Begins the ids of our schedules, and of what they start; no run key has a colon in its first part. */
const ID_PREFIX = 'nightscore-schedule:';

/**
 * Temporal knows no single moments, but intervals since 1970: one that is as long as from there to the moment comes round at that moment, and
 * next in the 2080s. Longer than this, in milliseconds, is meant so.
 */
const LEAST_MOMENT_MS = 30 * 365 * 86_400_000;

/** Nights are told for this decade and the next one, so that a schedule stays the same from year to year, and always knows ten years. */
const DECADE = 10;

const LIST_SEPARATOR = ', ';

export function hasSchedule(pipeline: PipelineDefinition): pipeline is ScheduledPipeline {
  return pipeline.schedule !== undefined;
}

export function scheduleId(pipeline: string): string {
  return `${ID_PREFIX}${pipeline}`;
}

/** What the schedule of a pipeline is to be. */
export function contentOfPipeline(
  { name, period = 'day', schedule }: ScheduledPipeline,
  taskQueue: string,
  now: Date,
): ScheduleContent {
  const { cron, timezone = 'UTC', overlap = 'skip', catchupWindow = DEFAULT_CATCHUP_WINDOW, ...rest } = schedule;
  const startAt = rest.startAt === undefined ? undefined : firstMoment(rest.startAt, timezone);
  const endAt = rest.endAt === undefined ? undefined : lastMoment(rest.endAt, timezone);
  return {
    calendars: [
      everyYear(parseCron(cron), cron),
      ...(period === 'day' ? nightsWithoutTheHour(cron, timezone, now) : []),
    ],
    moments: hoursShownTwice(cron, timezone, period, now),
    foreignTimes: [],
    timezone,
    jitterMs: rest.jitter === undefined ? 0 : parseDuration(rest.jitter),
    ...(startAt && { startAt }),
    ...(endAt && { endAt }),
    overlap: OVERLAP_AT_TEMPORAL[overlap],
    catchupWindowMs: parseDuration(catchupWindow),
    pauseOnFailure: rest.pauseOnFailure ?? false,
    starts: startsText(actionOf(name, taskQueue)),
    foreignOptions: [],
  };
}

function actionOf(pipeline: string, taskQueue: string) {
  return {
    type: 'startWorkflow',
    workflowType: 'scheduledRun',
    workflowId: scheduleId(pipeline),
    taskQueue,
    args: [{ pipeline }],
  } satisfies ScheduleOptionsStartWorkflowAction<typeof scheduledRun>;
}

function startsText({ workflowType, workflowId, taskQueue, args }: ScheduleDescription['action']): string {
  return `${workflowType} ${JSON.stringify(args)} as ${workflowId} on ${taskQueue}`;
}

/** What `startsText` tells of an action; `searchAttributes` is the old way to say `typedSearchAttributes`. */
const TOLD = new Set(['type', 'workflowType', 'workflowId', 'taskQueue', 'args', 'searchAttributes']);

/** What an action has beside what every one of ours has. */
function foreignOptionsOf({ action, raw }: ScheduleDescription): string[] {
  // Of these the SDK tells nothing by itself; it leaves them out of what it writes.
  const keepOriginalWorkflowId = raw.schedule?.policies?.keepOriginalWorkflowId;
  const versioningOverride = raw.schedule?.action?.startWorkflow?.versioningOverride;
  return Object.entries({ ...action, keepOriginalWorkflowId, versioningOverride })
    .filter(([name, value]) => !TOLD.has(name) && isSet(value))
    .map(([name, value]) => {
      const isDuration = name.endsWith('Timeout') && typeof value === 'number';
      return `${name} ${isDuration ? durationText(value) : JSON.stringify(value)}`;
    });
}

/** Temporal tells what nobody has set as nothing, or as something that holds nothing. */
function isSet(value: unknown): boolean {
  return typeof value === 'object' && value !== null ? Object.values(value).some(isSet) : Boolean(value);
}

/** Temporal leaves out a time that the clock of the zone skips; the day has its run all the same. */
function nightsWithoutTheHour(cron: string, zone: string, now: Date): Calendar[] {
  const firings = shiftedFirings(parseCron(cron), zone, yearsAround(now));
  return firings.map(({ missing, instead }) =>
    once(instead, `instead of ${clockText(missing)}, which the clock skips`),
  );
}

/**
 * Of two hours that look the same Temporal fires in the second, and in neither when anything about the schedule happens between the first and
 * the second (seen with 1.32). Each of the hours has its run all the same. A day is told of the second only: two starts could get in each other's
 * way, as with `cancel-other`.
 */
function hoursShownTwice(cron: string, zone: string, period: Period, now: Date): Date[] {
  const firings = repeatedFirings(parseCron(cron), zone, yearsAround(now));
  if (period === 'hour') return firings.flatMap(({ first, second }) => [first, second]);
  return firings.filter(({ isAlone }) => isAlone).map(({ second }) => second);
}

function yearsAround(now: Date): readonly [number, number] {
  const decade = Math.floor(now.getUTCFullYear() / DECADE) * DECADE;
  return [decade, decade + 2 * DECADE - 1];
}

function clockText({ hour, minute }: LocalMinute): string {
  return [hour, minute].map((number) => String(number).padStart(2, '0')).join(':');
}

/** What a schedule is at Temporal. */
export function contentOfDescription(description: ScheduleDescription): ScheduleContent {
  const { spec, policies, action, state } = description;
  const { calendars = [], intervals = [], skip = [], startAt, endAt } = spec;
  return {
    calendars: calendars.map(calendarOf),
    moments: intervals.filter(isMoment).map(({ every }) => new Date(every)),
    foreignTimes: [
      // The offset may be missing, whatever its type says.
      ...intervals
        .filter((interval) => !isMoment(interval))
        .map(
          ({ every, offset = 0 }: { every: number; offset?: number }) =>
            `every ${durationText(every)} from ${durationText(offset)}`,
        ),
      ...skip.map((calendar) => `not ${calendarText(calendarOf(calendar))}`),
    ],
    timezone: spec.timezone || 'UTC',
    jitterMs: spec.jitter ?? 0,
    ...(startAt && { startAt }),
    ...(endAt && { endAt }),
    overlap: policies.overlap,
    catchupWindowMs: policies.catchupWindow,
    pauseOnFailure: policies.pauseOnFailure,
    starts: startsText(action),
    foreignOptions: foreignOptionsOf(description),
    ...(state.remainingActions !== undefined && { remainingActions: state.remainingActions }),
  };
}

function isMoment({ every }: { every: number }): boolean {
  return every > LEAST_MOMENT_MS;
}

/** The times of a schedule as a person reads them; those of clock changes apart. */
export function timesText({ calendars, foreignTimes }: ScheduleContent): string {
  const texts = calendars.filter((calendar) => !isOnce(calendar)).map(calendarText);
  return [...texts.toSorted(), ...foreignTimes].join('; ') || 'never';
}

/** In what a schedule at Temporal differs from what it is to be. */
export function differencesBetween(at: ScheduleContent, wanted: ScheduleContent): ScheduleDifference[] {
  const texts = textsOf(wanted);
  return Object.entries(textsOf(at)).flatMap(([what, from]) => {
    const to = texts[what] ?? '';
    return from === to ? [] : [{ what, from: shortened(from), to: shortened(to) }];
  });
}

/** A list as its ends, where it is long. */
function shortened(text: string): string {
  const items = text.split(LIST_SEPARATOR);
  return items.length > 2 ? `${items[0]} … ${items.at(-1)} (${items.length})` : text;
}

function textsOf(content: ScheduleContent): Record<string, string> {
  const { moments, timezone, jitterMs, startAt, endAt, overlap, catchupWindowMs, pauseOnFailure, starts } = content;
  const { foreignOptions, remainingActions } = content;
  return {
    cron: timesText(content),
    timezone,
    'nights without the hour': content.calendars.filter(isOnce).map(onceText).toSorted().join(LIST_SEPARATOR) || 'none',
    'hours shown twice':
      moments
        .map((moment) => moment.toISOString())
        .toSorted()
        .join(LIST_SEPARATOR) || 'none',
    jitter: durationText(jitterMs),
    startAt: startAt?.toISOString() ?? 'none',
    endAt: endAt?.toISOString() ?? 'none',
    overlap: overlap?.toLowerCase().replaceAll('_', '-') ?? 'none',
    catchupWindow: durationText(catchupWindowMs),
    pauseOnFailure: String(pauseOnFailure),
    starts,
    'starts it with': foreignOptions.join(LIST_SEPARATOR) || 'nothing else',
    'starts left': remainingActions === undefined ? 'no limit' : String(remainingActions),
  };
}

/** What Temporal is told of the schedule of a pipeline. */
export function partsOf(content: ScheduleContent, pipeline: string, taskQueue: string) {
  const { calendars, moments, timezone, jitterMs, startAt, endAt, overlap, catchupWindowMs, pauseOnFailure } = content;
  return {
    spec: {
      calendars: calendars.map(calendarSpec),
      intervals: moments.map((moment) => ({ every: moment.getTime() })),
      timezone,
      ...(jitterMs > 0 && { jitter: jitterMs }),
      ...(startAt && { startAt }),
      ...(endAt && { endAt }),
    },
    action: actionOf(pipeline, taskQueue),
    policies: {
      overlap,
      catchupWindow: catchupWindowMs,
      pauseOnFailure,
    },
  };
}
