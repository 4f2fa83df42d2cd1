import type { ReplayPlan } from '../../client/replay.ts';
import { note, print, printJson } from '../process/output.ts';
import { withNightscore } from '../runs/connect.ts';
import { waitForRun } from '../runs/wait-for-run.ts';
import { paintFor } from '../view/paint.ts';
import { replayPlanLines } from '../view/replay-plan-lines.ts';
import { readingColumnsOf } from '../view/terminal-size.ts';
import type { ReplayCommandOptions } from '../replay.ts';
import { firstJobs, isConfirmed, paymentText } from './confirmation.ts';
import { definitionsFor } from './definitions.ts';

/** Replays one run, after it has said what that will do. */
export async function replayOne(run: string, options: ReplayCommandOptions, trigger: string): Promise<void> {
  const { from, reason, json } = options;
  await withNightscore(async ({ client }) => {
    const definitions = definitionsFor(options);
    const what = { run, ...(from !== undefined && { from }), ...(await definitions.of(run)) };
    const { plan, definition, start } = await client.prepareReplay(what);
    const { stdout } = process;
    const view = { columns: readingColumnsOf(stdout), paint: paintFor(stdout) };
    if (!json) print(replayPlanLines(plan, view).join('\n'));
    if (await definitions.hasOtherFile(definition)) {
      note(`The file of pipeline ${definition.name} is another one now: --definition new replays with that.`);
    }
    if (options.dryRun) return json ? printJson(plan) : print('Nothing was started.');
    const asked = question(plan);
    if (asked !== undefined && !(await isConfirmed(asked, plan.paysAgain, options))) return;
    const runId = await start({ trigger, ...(reason !== undefined && { reason }) });
    if (!json) print(`\nReplaying run ${run}.`);
    if (options.wait) await waitForRun(client, run, options);
    else if (json) printJson({ run, runId, plan });
  });
}

/** What to ask before the replay; nothing where there is nothing to do, which the replay then says itself. */
export function question({ run, isNothingToDo, paysAgain, steps }: ReplayPlan): string | undefined {
  if (isNothingToDo) return undefined;
  const payment = paymentText({ paysAgain, paysFirst: firstJobs(steps) });
  return payment === '' ? `Replay run ${run}?` : `Replay run ${run}, and pay for ${payment}?`;
}
