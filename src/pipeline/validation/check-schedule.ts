import { cronProblem, firesAtAll, firesTwiceIn, parseCron } from '../cron.ts';
import type { Period } from '../definition.ts';
import { firstMoment, lastMoment } from '../schedule-moment.ts';
import { quoted } from '../wording.ts';
import type { LooseDefinition } from './loose-definition.ts';
import type { Finding } from './problem.ts';

type LooseSchedule = Readonly<Record<string, unknown>>;

/** What each period has once, in words, and what to write for it to be so. */
const ONCE: Record<Exclude<Period, 'none'>, { often: string; instead: string }> = {
  day: { often: 'more than once a day', instead: 'a cron that fires once a day, or period: hour' },
  hour: { often: 'more than once an hour', instead: 'or a cron that fires once an hour' },
};

/** How a schedule goes together with the rest of its pipeline, and its keys with each other. */
export function checkSchedule({ schedule, period, params }: LooseDefinition): Finding[] {
  if (schedule === undefined) return [];
  return [
    ...checkDefaults(params),
    ...checkCron(schedule, period),
    ...checkPause(schedule),
    ...checkEndAfterStart(schedule),
    ...checkPeriod(period),
  ];
}

/** A schedule starts runs by itself: it has no one to ask for parameters. */
function checkDefaults(params: LooseDefinition['params']): Finding[] {
  const withoutDefault = [...params].filter(([, param]) => param['default'] === undefined);
  return withoutDefault.map(([name]) => {
    const message = 'needs a default, because the schedule starts runs that are given no parameters';
    return { path: ['params', name], at: 'key', message };
  });
}

function checkCron({ cron, overlap }: LooseSchedule, period: unknown): Finding[] {
  // What is no cron expression is told by the shape.
  if (typeof cron !== 'string' || cronProblem(cron) !== undefined) return [];
  const times = parseCron(cron);
  if (!firesAtAll(times)) {
    const message = `${quoted(cron)} never fires: there is no such day of the month`;
    return [{ path: ['schedule', 'cron'], at: 'value', message }];
  }
  const endsTheOther = overlap === 'cancel-other' || overlap === 'terminate-other';
  if (!endsTheOther || (period !== 'day' && period !== 'hour') || !firesTwiceIn(times, period)) return [];
  // The second start of a period finds that it has had its run, which the overlap has just ended.
  const { often, instead } = ONCE[period];
  const message = `${overlap} would end the period's own run: ${quoted(cron)} fires ${often}, and each ${period} runs once; write overlap: skip, ${instead}`;
  return [{ path: ['schedule', 'overlap'], at: 'value', message }];
}

/** Temporal does not watch what it starts under ALLOW_ALL (seen with 1.32), so it learns of no failure. */
function checkPause({ overlap, pauseOnFailure }: LooseSchedule): Finding[] {
  if (overlap !== 'allow-all' || pauseOnFailure !== true) return [];
  const message =
    'does nothing with overlap: allow-all, whose runs Temporal does not watch; write another overlap, or leave pauseOnFailure out';
  return [{ path: ['schedule', 'pauseOnFailure'], at: 'value', message }];
}

function checkEndAfterStart({ startAt, endAt, timezone = 'UTC' }: LooseSchedule): Finding[] {
  if (typeof startAt !== 'string' || typeof endAt !== 'string' || typeof timezone !== 'string') return [];
  const start = firstMoment(startAt, timezone);
  const end = lastMoment(endAt, timezone);
  // What is no moment, or no zone, is told by the shape.
  if (start === undefined || end === undefined || start < end) return [];
  const message = `must be later than startAt, ${startAt}`;
  return [{ path: ['schedule', 'endAt'], at: 'value', message }];
}

/** Nobody is there to give a key, either. */
function checkPeriod(period: unknown): Finding[] {
  if (period !== 'none') return [];
  const message =
    'a pipeline with a schedule needs a period (day or hour): the scheduled time decides the key of the run';
  return [{ path: ['period'], at: 'value', message }];
}
