import { InvalidInputError } from '../../client/errors.ts';
import type { ScheduleChange } from '../../client/schedules/schedule-plan.ts';
import { PipelineFileError } from '../../pipeline-files.ts';
import type { PipelineDefinition } from '../../pipeline/definition.ts';
import { readSettings } from '../../settings.ts';
import { print, printJson } from '../process/output.ts';
import { withNightscore } from '../runs/connect.ts';
import { clipped } from '../view/one-line.ts';
import { paintFor, type Effect, type Paint } from '../view/paint.ts';
import { tableLines } from '../view/table.ts';
import { loadFolder } from './pipelines.ts';

export interface ApplyOptions {
  dryRun?: true;
  prune?: true;
  json?: true;
}

const LONGEST_DIFFERENCE = 160;

/** How each kind of change is shown, and what is said of it once it is done. */
const KINDS: Record<ScheduleChange['kind'], { sign: string; effect: Effect; done?: string }> = {
  create: { sign: '+', effect: 'green', done: 'created' },
  change: { sign: '~', effect: 'yellow', done: 'changed' },
  unchanged: { sign: '=', effect: 'dim' },
  delete: { sign: '-', effect: 'red', done: 'deleted' },
  stray: { sign: '?', effect: 'yellow' },
};

/** `nightscore schedule apply`: shows in what the schedules differ from the files, and makes them the same. */
export async function apply({ dryRun, prune, json }: ApplyOptions): Promise<void> {
  const folder = readSettings().pipelinesFolder;
  const { pipelines, problems } = await loadFolder(folder);
  if (problems.length > 0) throw new PipelineFileError(problems);
  await withNightscore(async ({ schedules }) => {
    const plan = await schedules.plan(pipelines, { prune: prune === true });
    assertRightFolder(folder, pipelines, plan.changes);
    if (!json) print(planLines(plan.changes, paintFor(process.stdout)).join('\n'));
    const changes = dryRun ? plan.changes : await plan.carryOut();
    if (json) printJson({ applied: dryRun !== true, changes });
    else print(summary(changes, dryRun === true));
  });
}

/**
 * A wrong folder must not cost every schedule. It is the right one if it wants a schedule, or holds the pipeline of one that it wants no more:
 * so the last schedule goes when it is taken out of its file.
 */
function assertRightFolder(
  folder: string,
  pipelines: readonly PipelineDefinition[],
  changes: readonly ScheduleChange[],
): void {
  const names = new Set(pipelines.map(({ name }) => name));
  const isWrong = changes.every(({ kind, pipeline }) => kind === 'delete' && !names.has(pipeline));
  if (changes.length === 0 || !isWrong) return;
  const holds = pipelines.length === 0 ? 'holds no pipeline' : 'has no file of any pipeline with a schedule';
  throw new InvalidInputError([
    `${folder} ${holds}, so --prune would delete every schedule. Is it the right folder (NIGHTSCORE_PIPELINES)? ` +
      'Otherwise delete them one by one: nightscore schedule delete. Nothing was changed.',
  ]);
}

function planLines(changes: readonly ScheduleChange[], paint: Paint): string[] {
  if (changes.length === 0) return ['No file has a schedule, and there are none at Temporal.'];
  const rows = changes.map(({ pipeline, kind, cron, timezone }) => [
    paint(KINDS[kind].effect, `${KINDS[kind].sign} ${kind}`),
    pipeline,
    cron,
    timezone,
  ]);
  const lines = tableLines(rows);
  return changes.flatMap(({ kind, differences }, index) => [
    lines[index] ?? '',
    ...differences.map(({ what, from, to }) => clipped(`    ${what}: ${from} -> ${to}`, LONGEST_DIFFERENCE)),
    ...(kind === 'stray' ? ['    no file wants it any more; --prune deletes it'] : []),
  ]);
}

function summary(changes: readonly ScheduleChange[], dryRun: boolean): string {
  const counts = Object.entries(KINDS).flatMap(([kind, { done }]) => {
    const count = changes.filter((change) => change.kind === kind).length;
    return done === undefined || count === 0 ? [] : [`${count} ${dryRun ? 'to be ' : ''}${done}`];
  });
  if (counts.length === 0) return 'Nothing to change.';
  return dryRun ? `Nothing was changed (--dry-run): ${counts.join(', ')}.` : `Done: ${counts.join(', ')}.`;
}
