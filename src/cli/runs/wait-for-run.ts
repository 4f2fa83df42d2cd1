import type { NightscoreClient } from '../../client/nightscore-client.ts';
import { exitCodeOf } from '../process/exit-codes.ts';
import { followRuns } from './follow-runs.ts';
import { listenForInterruption } from '../process/interruption.ts';
import { note, print, printJson } from '../process/output.ts';
import { outcomeLines } from '../view/outcome-lines.ts';

/** Shows a run until it has ended, prints what became of it, and lets the command exit by its outcome. */
export async function waitForRun(client: NightscoreClient, run: string, options: { json?: true }): Promise<void> {
  const signal = listenForInterruption();
  const stream = options.json ? process.stderr : process.stdout;
  const [report] = await followRuns(client, [run], { stream, signal }).catch((error: unknown) => {
    if (signal.aborted) note(`\nRun ${run} goes on; see it again with: nightscore watch ${run}`);
    throw error;
  });
  if (!report) return;
  if (options.json) printJson(report);
  else print(['', ...outcomeLines(report, (await client.standing(run))?.status)].join('\n'));
  process.exitCode = report.outcome === undefined ? undefined : exitCodeOf(report.outcome);
}
