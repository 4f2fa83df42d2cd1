import { parseRunKey } from '../pipeline/run-key.ts';
import { withNightscore } from './runs/connect.ts';
import { print, printJson } from './process/output.ts';
import { waitForRun } from './runs/wait-for-run.ts';

/** `nightscore cancel`: asks a run, or one step of it, to cancel, and with `--wait` stays until it has. */
export async function cancel(run: string, options: { step?: string; wait?: true; json?: true }): Promise<void> {
  parseRunKey(run);
  await withNightscore(async ({ client }) => {
    const { outcome } = await client.get(run);
    if (options.step !== undefined) await client.cancelStep(run, options.step);
    else if (outcome === undefined) await client.cancel(run);
    const what = options.step === undefined ? `run ${run}` : `step ${options.step} of run ${run}`;
    if (!options.json) print(outcome === undefined ? `Asked ${what} to cancel.` : endedText(run, outcome));
    if (options.wait) await waitForRun(client, run, options);
    else if (options.json) printJson({ run, cancelRequested: outcome === undefined, status: outcome ?? 'running' });
  });
}

function endedText(run: string, outcome: string): string {
  return `Run ${run} has ended already (${outcome}); there is nothing to cancel.`;
}
