import type { RunFilter } from '../client/run-filter.ts';
import type { RunStatus, RunSummary } from '../client/run-summary.ts';
import { checkedWhere } from './runs/checked-where.ts';
import { withNightscore } from './runs/connect.ts';
import { assertUsable } from './runs/usable.ts';
import { note, print, printJson } from './process/output.ts';
import { paintFor, type Effect, type Paint } from './view/paint.ts';
import { tableLines } from './view/table.ts';
import { elapsedText, momentText } from './view/time-text.ts';

export interface ListOptions {
  pipeline?: string;
  key?: string;
  status?: RunStatus;
  service?: string;
  job?: string;
  since?: Date;
  where?: string;
  limit: number;
  json?: true;
}

const HEADINGS = ['RUN', 'STATUS', 'STARTED', 'TOOK'];

const EFFECT_OF_STATUS: Record<RunStatus, Effect> = {
  running: 'cyan',
  succeeded: 'green',
  cancelled: 'yellow',
  failed: 'red',
  terminated: 'red',
  'timed-out': 'red',
};

/** `nightscore list`: the runs that match, those that go on first. */
export async function list({ limit, since, json, ...equals }: ListOptions): Promise<void> {
  if (equals.service !== undefined) await assertUsable(equals.service, '--service');
  if (equals.where !== undefined) await checkedWhere(equals.where);
  const filter: RunFilter = { ...equals, ...(since && { startedAfter: since }) };
  await withNightscore(async ({ client }) => {
    const runs: RunSummary[] = [];
    for await (const run of client.list(filter)) {
      if (runs.length === limit) {
        note(`There are more runs than these ${limit}; see more with --limit.`);
        break;
      }
      runs.push(run);
    }
    if (json) return printJson(runs);
    const lines = listLines(runs, { now: new Date(), paint: paintFor(process.stdout) });
    print(runs.length === 0 ? 'No runs match.' : lines.join('\n'));
  });
}

/** Runs as a table. */
function listLines(runs: readonly RunSummary[], { now, paint }: { now: Date; paint: Paint }): string[] {
  const rows = runs.map(({ id, status, startedAt, endedAt }) => {
    const tookMs = (endedAt === undefined ? now.getTime() : Date.parse(endedAt)) - Date.parse(startedAt);
    return [id, paint(EFFECT_OF_STATUS[status], status), momentText(startedAt), elapsedText(tookMs)];
  });
  return tableLines([HEADINGS.map((heading) => paint('dim', heading)), ...rows], { rightAligned: [3] });
}
