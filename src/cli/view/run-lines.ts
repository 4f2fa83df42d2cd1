import type { PlaceWait } from '../../pipeline/heartbeat.ts';
import { durationOfJob } from '../../pipeline/job-report.ts';
import type { StepOutcome } from '../../pipeline/outcome.ts';
import type { JobReport, RunReport, StepReport, StepState } from '../../pipeline/report.ts';
import { counted } from '../../pipeline/wording.ts';
import type { ExpectedEnds } from './expected-end.ts';
import { clipped, oneLine, wrapped } from './one-line.ts';
import type { Effect, Paint } from './paint.ts';
import { recordsText } from './records-text.ts';
import { tableLines } from './table.ts';
import { clockText, elapsedText, momentText } from './time-text.ts';

/** What is known of a run. */
export interface SeenRun {
  report: RunReport;
  expectedEnds: ExpectedEnds;
}

export interface LinesOptions {
  now: Date;
  /** Width of the terminal. */
  columns: number;
  paint: Paint;
  /** Whether notices and errors keep their length; else each has few lines, of the width of the terminal. */
  whole?: true;
}

const INDENT = '  ';
const LINES_OF_NOTICE = 3;

const HEADINGS = ['STEP', 'STATE', 'RECORDS', 'ELAPSED', 'EXPECTED END'] as const;
const RIGHT_ALIGNED = [3, 4];
/** Widths of the columns after the first, which gets the rest of the line. */
const FIXED_WIDTHS = [15, 24, 8, 12] as const;
const WIDTH_OF_GAPS = 8;
const STEP_WIDTH = { least: 12, most: 40 } as const;

const EFFECT_OF_STATE: Record<StepState | StepOutcome, Effect> = {
  waiting: 'dim',
  starting: 'cyan',
  'queued (quota)': 'yellow',
  queued: 'yellow',
  running: 'cyan',
  stalled: 'red',
  stopping: 'yellow',
  ended: 'dim',
  succeeded: 'green',
  skipped: 'dim',
  cancelled: 'yellow',
  failed: 'red',
  stopped: 'yellow',
  'left-running': 'red',
  lost: 'red',
  rejected: 'red',
};

/** Runs and their steps as a table that fits the terminal: state, records done, elapsed time and expected end. */
export function runLines(runs: readonly SeenRun[], options: LinesOptions): string[] {
  const { paint } = options;
  const rows = runs.map(({ report, expectedEnds }) =>
    Object.entries(report.steps).map(([id, step]) => stepRow(id, step, report.run, expectedEnds.get(id), options)),
  );
  const fitting = (text: string) => (options.whole ? [`  ${text}`] : shortened(text, options.columns));
  const widths = widthsFor(options.columns);
  const table = tableLines([HEADINGS, ...rows.flat()], { widths, rightAligned: RIGHT_ALIGNED });
  const lines = [paint('dim', table.shift() ?? '')];
  for (const [index, { report }] of runs.entries()) {
    lines.push(paint('bold', clipped(report.run.id, options.columns)));
    lines.push(...table.splice(0, rows[index]?.length ?? 0));
    lines.push(
      ...noticeLines(report)
        .flatMap(fitting)
        .map((line) => paint('yellow', line)),
    );
    lines.push(
      ...errorLines(report)
        .flatMap(fitting)
        .map((line) => paint('red', line)),
    );
  }
  return lines;
}

/** A notice in as many lines as leave room for the others: the end of it often says what to do. */
function shortened(text: string, columns: number): string[] {
  const lines = wrapped(text, columns - INDENT.length);
  const shown = lines.slice(0, LINES_OF_NOTICE);
  if (lines.length > shown.length) shown.push(clipped(`${shown.pop()} …`, columns - INDENT.length));
  return shown.map((line) => `${INDENT}${line}`);
}

/** The errors of a run and of its steps, one line for each. */
export function errorLines({ error, steps }: RunReport): string[] {
  const ofSteps = Object.entries(steps).flatMap(([id, step]) =>
    step.error === undefined ? [] : [`${id}: ${oneLine(step.error)}`],
  );
  return error === undefined ? ofSteps : [oneLine(error), ...ofSteps];
}

/** What a person should know of steps that go on: what they wait for, and what is odd about their jobs. */
export function noticeLines({ steps }: RunReport): string[] {
  return Object.entries(steps).flatMap(([id, { place, warnings = [] }]) => [
    ...(place ? [`${id}: ${placeText(place)}`] : []),
    ...warnings.map((warning) => `${id}: ${oneLine(warning)}`),
  ]);
}

/** What a step that waits for a place waits behind. */
export function placeText({ since, running, ahead }: PlaceWait): string {
  const jobs = running === undefined ? 'the jobs of its service' : counted(running, 'running job');
  const others = ahead === 0 ? '' : ` and ${ahead} that ${ahead === 1 ? 'waits' : 'wait'}`;
  return `waits for a place since ${momentText(since)}, behind ${jobs}${others}`;
}

/** The job of the job attempt that the step is at; not yet there while it starts one, although the report still tells of the job before. */
export function currentJob({ state, job }: StepReport): JobReport | undefined {
  return state === 'ended' || job?.noticedAt === undefined ? job : undefined;
}

/** What a step is doing, or how it ended; a second or third job is marked as such, and so is what a replay took over. */
export function stateText(step: StepReport): string {
  if (step.reused) return 'reused';
  const state = step.outcome ?? step.state;
  return step.attempt > 1 ? `${state} #${step.attempt}` : state;
}

/** The colour of a step's state or outcome. */
export function effectOfStep({ state, outcome }: StepReport): Effect {
  return EFFECT_OF_STATE[outcome ?? state];
}

/** How long the job has taken so far, or took; in milliseconds. */
export function jobElapsedMs(job: JobReport, now: Date): number {
  return durationOfJob(job) ?? now.getTime() - Date.parse(job.submittedAt);
}

function stepRow(
  id: string,
  step: StepReport,
  run: RunReport['run'],
  end: Date | undefined,
  { now, paint }: LinesOptions,
): string[] {
  const job = currentJob(step);
  // Nobody looks at what is left running after the run.
  const until = run.endedAt === undefined ? now : new Date(run.endedAt);
  return [
    `  ${id}`,
    paint(effectOfStep(step), stateText(step)),
    job ? recordsText(job) : '',
    job ? elapsedText(jobElapsedMs(job, until)) : '',
    end ? clockText(end, now) : '',
  ];
}

function widthsFor(columns: number): number[] {
  const fixed = FIXED_WIDTHS.reduce<number>((sum, width) => sum + width, WIDTH_OF_GAPS);
  const rest = columns - fixed;
  return [Math.min(Math.max(rest, STEP_WIDTH.least), STEP_WIDTH.most), ...FIXED_WIDTHS];
}
