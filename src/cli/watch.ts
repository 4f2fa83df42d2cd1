import { parseRunKey } from '../pipeline/run-key.ts';
import { withNightscore } from './runs/connect.ts';
import { waitForRun } from './runs/wait-for-run.ts';

/** `nightscore watch`: shows a run live until it has ended. */
export async function watch(run: string): Promise<void> {
  parseRunKey(run);
  await withNightscore(({ client }) => waitForRun(client, run, {}));
}
