import type { ReplayPlan } from '../../client/replay.ts';
import type { PlannedStep, ReplayAction } from '../../pipeline/replay-plan.ts';
import { oneLine, wrapped } from './one-line.ts';
import type { Effect, Paint } from './paint.ts';
import { recordsText } from './records-text.ts';
import { tableLines } from './table.ts';
import { elapsedText } from './time-text.ts';

const HEADINGS = ['STEP', 'ACTION', 'RECORDS', 'TOOK', 'WHY'];

const EFFECTS: Record<ReplayAction, Effect> = {
  reuse: 'green',
  adopt: 'cyan',
  'pay again': 'yellow',
  run: 'cyan',
  skip: 'dim',
};

/** Least widths of the columns whose texts are broken where the terminal is too narrow. */
const LEAST = { step: 12, why: 24 } as const;
const GAPS = 8;

/** What a replay will do, step by step and why, with the records and the duration of the last time; no wider than the terminal. */
export function replayPlanLines(
  { run, steps, warnings }: ReplayPlan,
  { columns, paint }: { columns: number; paint: Paint },
): string[] {
  const rows = steps.map(textsOf);
  const widthOf = (column: number) => Math.max(...[HEADINGS, ...rows].map((row) => row[column]?.length ?? 0));
  const rest = columns - widthOf(1) - widthOf(2) - widthOf(3) - GAPS;
  const stepWidth = Math.min(widthOf(0), Math.max(LEAST.step, rest - LEAST.why));
  const whyWidth = Math.max(LEAST.why, rest - stepWidth);
  const cells = steps.map((planned) => {
    const [step = '', action = '', records = '', took = '', why = ''] = textsOf(planned);
    const painted = paint(EFFECTS[planned.action], action);
    return [wrapped(step, stepWidth).join('\n'), painted, records, took, wrapped(why, whyWidth).join('\n')];
  });
  const table = tableLines([HEADINGS, ...cells], { rightAligned: [3] });
  return [
    paint('bold', `Replay of ${run}`),
    paint('dim', table.shift() ?? ''),
    ...table,
    ...warnings.flatMap((warning) => wrapped(`Warning: ${warning}`, columns)).map((line) => paint('yellow', line)),
  ];
}

function textsOf({ step, action, why, last }: PlannedStep): string[] {
  const took = last?.durationMs === undefined ? '' : elapsedText(last.durationMs);
  return [step, action, recordsText(last ?? {}), took, oneLine(why)];
}
