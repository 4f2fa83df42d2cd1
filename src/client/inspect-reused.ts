import type { Client } from '@temporalio/client';
import { rootCause } from '@temporalio/common';
import type { CopiedFiles, JobWithResults } from '../activities/inspect-results.ts';
import type { EarlierStep } from '../pipeline/replay.ts';
import type { inspectResults } from '../workflows/inspect-results.ts';
import { lookByWorker } from './look-by-worker.ts';
import type { PreparedReplay } from './replay.ts';

/** Files that a reused step has made. */
interface ReusedFiles {
  step: string;
  /** The files, in words for a person. */
  text: string;
  asked: JobWithResults | CopiedFiles;
}

/** Warnings about the files that the steps made which a replay will reuse. A worker looks, for the client may have no access to AWS. */
export async function inspectReused(
  client: Client,
  taskQueue: string,
  { plan, input }: PreparedReplay,
): Promise<string[]> {
  const { steps } = input.pipeline;
  const reused = plan.steps.flatMap(({ step, action }) => {
    const earlier = action === 'reuse' ? input.replay?.steps[step] : undefined;
    return earlier ? [...resultsOf(step, earlier), ...copiesOf(step, earlier, steps[step]?.region)] : [];
  });
  if (reused.length === 0) return [];
  try {
    const asked = reused.map((files) => files.asked);
    const problems = await lookByWorker<typeof inspectResults>(client, taskQueue, 'inspectResults', plan.run, asked);
    return reused.flatMap(({ step, text, asked: { id } }) => {
      const problem = problems[id];
      return problem === undefined ? [] : [`${text}: ${problem}. To make them again, replay from ${step}.`];
    });
  } catch (error) {
    return [
      `Nobody could look whether the result files of the reused steps are still there (${rootCause(error) ?? String(error)}).`,
    ];
  }
}

function resultsOf(step: string, { job }: EarlierStep): ReusedFiles[] {
  if (job?.outputUri === undefined) return [];
  const { id, service, region, outputUri } = job;
  return [{ step, text: `The result files of ${step}, which is reused`, asked: { id, service, region, outputUri } }];
}

/** By its name, for the follow-up itself would bring the AWS clients with it. */
function copiesOf(step: string, { uses, outputs }: EarlierStep, region: string | undefined): ReusedFiles[] {
  const { to, copied = 0 } = outputs ?? {};
  if (uses !== 's3/copy' || typeof to !== 'string' || Number(copied) === 0) return [];
  const asked = { id: to, copiedTo: to, ...(region !== undefined && { region }) };
  return [{ step, text: `The files that ${step}, which is reused, copied`, asked }];
}
