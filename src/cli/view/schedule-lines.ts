import { stripVTControlCharacters } from 'node:util';
import { DateTime } from 'luxon';
import type { ScheduleStatus } from '../../client/schedules/schedule-status.ts';
import { clipped, oneLine } from './one-line.ts';
import type { Effect, Paint } from './paint.ts';
import { tableLines } from './table.ts';

const HEADINGS = ['PIPELINE', 'STATE', 'CRON', 'NEXT', 'IN UTC', 'LAST', 'MISSED', 'SKIPPED', 'FILE'];
const RIGHT_ALIGNED = [6, 7];

/** How many times, and how many runs, a row of the table shows. */
const SHOWN = 2;
const LONGEST_NOTICE = 160;

const EFFECT_OF_STATE: Record<ScheduleStatus['state'], Effect> = {
  active: 'green',
  paused: 'yellow',
  'not-applied': 'red',
};

/** How schedules stand: a table, or a few lines for each schedule where that is wider than the terminal. */
export function scheduleLines(schedules: readonly ScheduleStatus[], paint: Paint, columns: number): string[] {
  const table = tableOf(schedules, paint);
  const isTooWide = table.some((line) => stripVTControlCharacters(line).length > columns);
  const lines = isTooWide ? schedules.flatMap((schedule) => paragraphOf(schedule, paint)) : table;
  const notices = schedules.flatMap(noticesOf).map((line) => paint('yellow', clipped(line, LONGEST_NOTICE)));
  return notices.length === 0 ? lines : [...lines, '', ...notices];
}

function tableOf(schedules: readonly ScheduleStatus[], paint: Paint): string[] {
  const rows = schedules.map((schedule) => [
    schedule.pipeline,
    stateText(schedule, paint),
    `${schedule.cron}\n${schedule.timezone}`,
    times(schedule, schedule.timezone).join('\n'),
    times(schedule, 'UTC').join('\n'),
    actions(schedule).join('\n'),
    String(schedule.missed),
    String(schedule.skipped),
    fileText(schedule),
  ]);
  return tableLines([HEADINGS.map((heading) => paint('dim', heading)), ...rows], { rightAligned: RIGHT_ALIGNED });
}

function paragraphOf(schedule: ScheduleStatus, paint: Paint): string[] {
  const { pipeline, cron, timezone, missed, skipped } = schedule;
  const utc = times(schedule, 'UTC');
  const next = times(schedule, timezone).map((time, index) => `${time} (${utc[index]} in UTC)`);
  const file = fileText(schedule);
  const facts: [string, string[]][] = [
    ['cron', [`${cron}, ${timezone}`]],
    ['next', next],
    ['last', actions(schedule)],
    ['counts', [`${missed} missed, ${skipped} skipped`]],
    ['file', file === '' ? [] : [file]],
  ];
  const lines = facts.flatMap(([name, values]) =>
    values.map((value, index) => `  ${paint('dim', (index === 0 ? name : '').padEnd(8))}${value}`),
  );
  return [`${pipeline}  ${stateText(schedule, paint)}`, ...lines];
}

function stateText({ state }: ScheduleStatus, paint: Paint): string {
  return paint(EFFECT_OF_STATE[state], state.replace('-', ' '));
}

function times({ nextTimes }: ScheduleStatus, zone: string): string[] {
  return nextTimes.slice(0, SHOWN).map((time) => timeText(time, zone));
}

function timeText(time: string, zone: string): string {
  return DateTime.fromISO(time, { zone }).toFormat('yyyy-MM-dd HH:mm');
}

/** The period of the run, or when it was due if it named none. */
function actions({ lastActions, timezone }: ScheduleStatus): string[] {
  return lastActions
    .slice(-SHOWN)
    .toReversed()
    .map(({ run, scheduledAt, status }) => {
      const period = run?.slice(run.indexOf('/') + 1) ?? timeText(scheduledAt, timezone);
      return `${period} ${status}`;
    });
}

function fileText({ state, drift, withoutFile }: ScheduleStatus): string {
  if (withoutFile !== undefined) return 'none';
  if (state === 'not-applied') return 'not applied';
  if (!drift) return '';
  return drift.length === 0 ? 'same' : 'differs';
}

function noticesOf({ pipeline, state, note: reason, drift = [], withoutFile, lastActions }: ScheduleStatus): string[] {
  const error = lastActions.at(-1)?.error;
  const differences = drift.map(({ what, from, to }) => `${pipeline} differs from its file: ${what}: ${from} -> ${to}`);
  return [
    ...(state === 'paused' ? [`${pipeline} is paused: ${oneLine(reason ?? 'no reason was given')}`] : []),
    ...(withoutFile === undefined
      ? []
      : [`${pipeline} is started by a schedule, and ${withoutFile} (schedule apply --prune deletes it)`]),
    ...(error === undefined ? [] : [`${pipeline} could not be started: ${oneLine(error)}`]),
    ...(state === 'not-applied' ? [`${pipeline} is not scheduled yet: nightscore schedule apply`] : []),
    ...differences,
  ];
}
