import type { RunFilter, RunStatus, RunSummary } from '../client/run-summary.ts';
import { withNightscore } from './runs/connect.ts';
import { note, print, printJson } from './process/output.ts';
import { tableLines } from './view/table.ts';
import { elapsedText, momentText } from './view/time-text.ts';

export interface ListOptions {
  pipeline?: string;
  key?: string;
  status?: RunStatus;
  service?: string;
  job?: string;
  since?: Date;
  limit: number;
  json?: true;
}

/** `nightscore list`: the runs that match, those that go on first. */
export async function list({ limit, since, json, ...equals }: ListOptions): Promise<void> {
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
    print(runs.length === 0 ? 'No runs match.' : listLines(runs, new Date()).join('\n'));
  });
}

/** Runs as a table. */
export function listLines(runs: readonly RunSummary[], now: Date): string[] {
  const rows = runs.map(({ id, status, startedAt, endedAt }) => {
    const tookMs = (endedAt === undefined ? now.getTime() : Date.parse(endedAt)) - Date.parse(startedAt);
    return [id, status, momentText(startedAt), elapsedText(tookMs)];
  });
  return tableLines([['RUN', 'STATUS', 'STARTED', 'TOOK'], ...rows], { rightAligned: [3] });
}
