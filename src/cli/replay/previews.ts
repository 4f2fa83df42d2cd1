import pMap from 'p-map';
import { InvalidInputError, NoWorkerError, RunNotFoundError } from '../../client/errors.ts';
import type { ReplayPlan } from '../../client/replay.ts';
import type { RunSummary } from '../../client/run-summary.ts';
import { PipelineFileError } from '../../pipeline-files.ts';
import type { Preview } from '../view/replays-lines.ts';
import { firstJobs } from './confirmation.ts';
import type { Replays } from './replay-many.ts';

/** How many runs are asked at once what they have done. */
const PLANS_AT_ONCE = 8;

/** It takes long to find out that no worker answers for a run. After so many, and none that one answers for, there is no worker at all. */
const NO_WORKER_AFTER = 3 * PLANS_AT_ONCE;

/** Of how many runs the result files are looked at: each look is a workflow. */
export const INSPECTED_AT_MOST = 100;

/** What will become of each run. Throws what is wrong with the first of them when no run at all can be looked at. */
export async function previewAll(runs: readonly RunSummary[], replays: Replays): Promise<Preview[]> {
  const failures: Error[] = [];
  let seen = 0;
  const previews = await pMap(
    runs,
    async (run): Promise<Preview> => {
      replays.signal.throwIfAborted();
      const preview = await previewOf(run, replays, runs.length <= INSPECTED_AT_MOST);
      if (!(preview instanceof Error)) {
        seen += 1;
        return preview;
      }
      failures.push(preview);
      if (seen === 0 && isWithoutWorker(failures)) throw preview;
      return { ...unplanned(run), problem: preview.message, isUnreadable: true };
    },
    { concurrency: PLANS_AT_ONCE },
  );
  if (seen === 0 && failures[0]) throw failures[0];
  return previews;
}

/** Whether an error concerns one run and not all of them: why that cannot be looked at, or cannot be replayed so. */
export function isOfOneRun(error: unknown): error is Error {
  return error instanceof InvalidInputError || error instanceof RunNotFoundError || isUnreadable(error);
}

function isUnreadable(error: unknown): error is Error {
  return error instanceof NoWorkerError || error instanceof PipelineFileError;
}

function isWithoutWorker(failures: readonly Error[]): boolean {
  return failures.length >= NO_WORKER_AFTER && failures.every((error) => error instanceof NoWorkerError);
}

/** The preview of a run; the error that says why the run cannot be looked at. */
async function previewOf(
  run: RunSummary,
  { client, batch, definitions }: Replays,
  inspect: boolean,
): Promise<Preview | Error> {
  const preview = unplanned(run);
  if (run.batch === batch.id) return { ...preview, problem: 'replayed already by this command', isReplayed: true };
  try {
    const options = { run: run.id, ...(await definitions.of(run.id)), inspect };
    const { plan, definition } = await client.prepareReplay(options);
    const { steps, paysAgain, isNothingToDo, warnings } = plan;
    for (const { action } of steps) preview.actions[action] = (preview.actions[action] ?? 0) + 1;
    const problem = isNothingToDo ? 'nothing to replay: every step can be reused' : undefined;
    return {
      ...preview,
      paysAgain,
      paysFirst: firstJobs(steps),
      paysFor: stepsPaidAgain(plan),
      warnings,
      ...((await definitions.hasOtherFile(definition)) && { hasOtherFile: true as const }),
      ...(problem !== undefined && { problem }),
    };
  } catch (error) {
    if (isUnreadable(error)) return error;
    if (isOfOneRun(error)) return { ...preview, problem: error.message };
    throw error;
  }
}

/** Names of the steps that a replay pays for once more. */
export function stepsPaidAgain({ steps }: ReplayPlan): string[] {
  return steps.filter(({ action }) => action === 'pay again').map(({ step }) => step);
}

function unplanned({ id: run, runId: of, status }: RunSummary): Preview {
  return { run, of, status, paysAgain: 0, paysFirst: 0, paysFor: [], actions: {}, warnings: [] };
}
