import { parseRunKey } from '../pipeline/run-key.ts';
import { withNightscore } from './runs/connect.ts';
import { print, printJson } from './process/output.ts';
import { paintFor } from './view/paint.ts';
import { runDetails } from './view/run-details.ts';
import { columnsOf } from './view/terminal-size.ts';

/** `nightscore get`: what is known of a run now. */
export async function get(run: string, options: { json?: true }): Promise<void> {
  parseRunKey(run);
  await withNightscore(async ({ client }) => {
    const report = await client.get(run);
    if (options.json) return printJson(report);
    const { stdout } = process;
    print(runDetails(report, { now: new Date(), columns: columnsOf(stdout), paint: paintFor(stdout) }).join('\n'));
  });
}
