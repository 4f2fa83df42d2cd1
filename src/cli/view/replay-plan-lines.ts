import type { ReplayPlan } from '../../client/replay.ts';
import type { PlannedStep, ReplayAction } from '../../pipeline/replay-plan.ts';
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

/** What a replay will do, step by step and why, with the records and the duration of the last time. */
export function replayPlanLines({ run, steps, warnings }: ReplayPlan, paint: Paint): string[] {
  const rows = steps.map((step) => rowOf(step, paint));
  const table = tableLines([HEADINGS, ...rows], { rightAligned: [3] });
  return [
    paint('bold', `Replay of ${run}`),
    paint('dim', table.shift() ?? ''),
    ...table,
    ...warnings.map((warning) => paint('yellow', `Warning: ${warning}`)),
  ];
}

function rowOf({ step, action, why, last }: PlannedStep, paint: Paint): string[] {
  const took = last?.durationMs === undefined ? '' : elapsedText(last.durationMs);
  return [step, paint(EFFECTS[action], action), recordsText(last ?? {}), took, why];
}
