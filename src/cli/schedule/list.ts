import { DateTime } from 'luxon';
import type { ScheduledAction, ScheduleStatus } from '../../client/schedules/schedule-status.ts';
import { PipelineFileError } from '../../pipeline-files.ts';
import { readSettings } from '../../settings.ts';
import { note, print, printJson } from '../process/output.ts';
import { withNightscore } from '../runs/connect.ts';
import { clipped, oneLine } from '../view/one-line.ts';
import { paintFor, type Effect, type Paint } from '../view/paint.ts';
import { tableLines } from '../view/table.ts';
import { loadFolder, type LoadedFolder } from './pipelines.ts';

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

/** `nightscore schedule list`: how each schedule stands, and whether it is what its file says. */
export async function list({ json }: { json?: true }): Promise<void> {
  const folder = await loadedFolder();
  await withNightscore(async ({ schedules }) => {
    const listed = await schedules.list(folder?.pipelines);
    if (json) return printJson(listed);
    if (listed.length === 0) return print('There are no schedules: see `nightscore schedule apply`.');
    print(listLines(listed, paintFor(process.stdout)).join('\n'));
  });
}

/** The files to compare with, if there are any here: the list is of use without them, too. */
async function loadedFolder(): Promise<LoadedFolder | undefined> {
  try {
    const loaded = await loadFolder(readSettings().pipelinesFolder);
    if (loaded.problems.length > 0) {
      note(`Not compared with their files, which are not valid:\n${new PipelineFileError(loaded.problems).message}`);
    }
    return loaded;
  } catch (error) {
    if (!(error instanceof PipelineFileError)) throw error;
    note(`Not compared with any files: ${error.message}`);
    return undefined;
  }
}

function listLines(schedules: readonly ScheduleStatus[], paint: Paint): string[] {
  const rows = schedules.map((schedule) => [
    schedule.pipeline,
    paint(EFFECT_OF_STATE[schedule.state], schedule.state.replace('-', ' ')),
    `${schedule.cron}\n${schedule.timezone}`,
    times(schedule, schedule.timezone),
    times(schedule, 'UTC'),
    schedule.lastActions.slice(-SHOWN).toReversed().map(actionText).join('\n'),
    String(schedule.missed),
    String(schedule.skipped),
    fileText(schedule),
  ]);
  const table = tableLines([HEADINGS.map((heading) => paint('dim', heading)), ...rows], {
    rightAligned: RIGHT_ALIGNED,
  });
  const notices = schedules.flatMap(noticesOf).map((line) => paint('yellow', clipped(line, LONGEST_NOTICE)));
  return notices.length === 0 ? table : [...table, '', ...notices];
}

function times({ nextTimes }: ScheduleStatus, zone: string): string {
  return nextTimes
    .slice(0, SHOWN)
    .map((time) => DateTime.fromISO(time, { zone }).toFormat('yyyy-MM-dd HH:mm'))
    .join('\n');
}

/** The period of the run, or when it was due if it named none. */
function actionText({ run, scheduledAt, status }: ScheduledAction): string {
  return `${run?.slice(run.indexOf('/') + 1) ?? scheduledAt} ${status}`;
}

function fileText({ state, drift, withoutFile }: ScheduleStatus): string {
  if (withoutFile !== undefined) return 'none';
  if (state === 'not-applied') return 'not applied';
  if (!drift) return '';
  return drift.length === 0 ? 'same' : 'differs';
}

function noticesOf({ pipeline, state, note: reason, drift = [], withoutFile }: ScheduleStatus): string[] {
  const differences = drift.map(({ what, from, to }) => `${pipeline} differs from its file: ${what}: ${from} -> ${to}`);
  return [
    ...(state === 'paused' ? [`${pipeline} is paused: ${oneLine(reason ?? 'no reason was given')}`] : []),
    ...(withoutFile === undefined ? [] : [`${pipeline} is started by a schedule, and ${withoutFile}`]),
    ...(state === 'not-applied' ? [`${pipeline} is not scheduled yet: nightscore schedule apply`] : []),
    ...differences,
  ];
}
