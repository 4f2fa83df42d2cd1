import type { RunStatus } from '../../client/run-summary.ts';
import type { ReplayAction } from '../../pipeline/replay-plan.ts';
import { counted } from '../../pipeline/wording.ts';
import { oneLine, wrapped } from './one-line.ts';
import type { Paint } from './paint.ts';
import { tableLines } from './table.ts';

/** What the replay of one of many runs will do. */
export interface Preview {
  run: string;
  /** Temporal run id of the run that is replayed. */
  of: string;
  status: RunStatus;
  paysAgain: number;
  /** How many steps begin with a first job, which is paid for as well. */
  paysFirst: number;
  /** Names of the steps that pay for a job once more. */
  paysFor: string[];
  /** How many steps there are of each action. */
  actions: Partial<Record<ReplayAction, number>>;
  warnings: string[];
  /** The file of its pipeline is another one now than it is replayed with. */
  hasOtherFile?: true;
  /** Why the run is not replayed. */
  problem?: string;
  /** The problem is that the run could not be looked at. */
  isUnreadable?: true;
  /** The problem is that the same command, which was interrupted, has replayed it. */
  isReplayed?: true;
}

/** What became of one run of many. */
export interface Replayed {
  run: string;
  /** Temporal run id of the replay. */
  runId?: string;
  /** The replay was started by the same command before that was interrupted. */
  isEarlier?: true;
  /** How the replay ended, where that is known. */
  outcome?: string;
  /** Why there is no replay. */
  problem?: string;
}

const ACTIONS: readonly ReplayAction[] = ['reuse', 'adopt', 'pay again', 'run', 'skip'];
const HEADINGS = ['RUN', 'STATUS', ...ACTIONS.map((action) => action.toUpperCase())];

/** What a replay of many runs will do: a row for each, then what is not replayed and why. */
export function previewLines(
  previews: readonly Preview[],
  { columns, paint }: { columns: number; paint: Paint },
): string[] {
  const chosen = previews.filter(({ problem }) => problem === undefined);
  const left = previews.filter(({ problem }) => problem !== undefined);
  const rows = chosen.map(({ run, status, actions }) => [
    run,
    status,
    ...ACTIONS.map((action) => countText(actions[action])),
  ]);
  const table = tableLines([HEADINGS, ...rows], { rightAligned: ACTIONS.map((_, index) => index + 2) });
  const warnings = chosen.flatMap(({ run, warnings: found }) =>
    found.map((text) => `Warning: ${run}: ${oneLine(text)}`),
  );
  return [
    ...(chosen.length > 0 ? [paint('dim', table.shift() ?? ''), ...table] : []),
    ...(chosen.length > 0 ? [totalText(chosen)] : []),
    ...otherFilesLines(chosen).flatMap((text) => wrapped(text, columns)),
    ...[...warnings, ...left.map(({ run, problem = '' }) => `Not replayed: ${run}: ${oneLine(problem)}`)]
      .flatMap((text) => wrapped(text, columns))
      .map((line) => paint('yellow', line)),
  ];
}

/** What became of many runs: how many were replayed and ended how, and each that was not. */
export function resultLines(results: readonly Replayed[]): string[] {
  const started = results.filter(({ runId }) => runId !== undefined);
  const outcomes = new Map<string, number>();
  for (const { outcome } of started) if (outcome !== undefined) outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  const ended = [...outcomes].map(([outcome, count]) => `${count} ${outcome}`).join(', ');
  const earlier = started.filter(({ isEarlier }) => isEarlier).length;
  const ofThem = earlier === 0 ? '' : `, ${earlier} of them before the interruption`;
  return [
    `Replayed ${runsText(started.length)}${ofThem}${ended === '' ? '' : `: ${ended}`}.`,
    ...started.flatMap(({ run, outcome = 'succeeded' }) => (outcome === 'succeeded' ? [] : [`  ${outcome}: ${run}`])),
    ...results.flatMap(({ run, problem }) =>
      problem === undefined ? [] : [`  not replayed: ${run}: ${oneLine(problem)}`],
    ),
  ];
}

function otherFilesLines(previews: readonly Preview[]): string[] {
  const others = previews.filter(({ hasOtherFile }) => hasOtherFile).length;
  if (others === 0) return [];
  return [`The pipeline files of ${runsText(others)} are other ones now: --definition new replays with those.`];
}

function totalText(previews: readonly Preview[]): string {
  const paysAgain = previews.reduce((sum, one) => sum + one.paysAgain, 0);
  const paysFirst = previews.reduce((sum, one) => sum + one.paysFirst, 0);
  const first = paysFirst === 0 ? '' : `, ${counted(paysFirst, 'first job')}`;
  return `${runsText(previews.length)}, ${counted(paysAgain, 'job')} paid again${first}.`;
}

export function runsText(count: number): string {
  return count === 1 ? '1 run' : `${count} runs`;
}

function countText(count: number | undefined): string {
  return count === undefined ? '' : String(count);
}
