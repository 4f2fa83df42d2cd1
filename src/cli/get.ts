import { parseRunKey } from '../pipeline/run-key.ts';
import { withNightscore } from './runs/connect.ts';
import { print, printJson } from './process/output.ts';
import { historyLines } from './view/history-lines.ts';
import { paintFor } from './view/paint.ts';
import { runDetails } from './view/run-details.ts';
import { columnsOf } from './view/terminal-size.ts';

/** `nightscore get`: what is known of a run now, or of all runs under its key. */
export async function get(run: string, options: { history?: true; json?: true }): Promise<void> {
  parseRunKey(run);
  await withNightscore(async ({ client }) => {
    if (options.history) {
      const runs = await client.history(run);
      return options.json ? printJson(runs) : print(historyLines(runs, paintFor(process.stdout)).join('\n'));
    }
    const report = await client.get(run);
    if (options.json) return printJson(report);
    const standing = await client.standing(run);
    const { stdout } = process;
    const view = { now: new Date(), columns: columnsOf(stdout), paint: paintFor(stdout), ...standing };
    print(runDetails(report, view).join('\n'));
  });
}
