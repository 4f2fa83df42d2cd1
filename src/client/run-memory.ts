import { isGrpcDeadlineError, type Client, type WorkflowHandle } from '@temporalio/client';
import { rootCause } from '@temporalio/common';
import { refOf } from '../pipeline/job-report.ts';
import { planSteps } from '../pipeline/plan.ts';
import { asSeenSince, mayStillRun, stepsAskedFor, stepsLeftBy, type EarlierStep } from '../pipeline/replay.ts';
import type { observeJobs } from '../workflows/observe-jobs.ts';
import type { RunMemory, RunPipelineInput } from '../workflows/run-pipeline.ts';
import { NoWorkerError } from './errors.ts';
import { lookByWorker } from './look-by-worker.ts';
import { readRunInput } from './run-input.ts';

/**
 * How long the run may take to tell what it knows, for which a worker has to go through its history, in milliseconds; and how often it is asked.
 * Now and then a worker loses a query, when it puts the run out of its cache at that moment (SDK 1.24: "leftover buffered tasks").
 */
const MEMORY_TIMEOUT_MS = 6_000;
const MEMORY_TRIES = 3;

/** What a run that has ended tells of itself, which a worker reads from its history. Throws a NoWorkerError. */
export async function memoryOf(client: Client, run: string, runId: string): Promise<RunMemory> {
  const handle = client.workflow.getHandle(run, runId);
  try {
    return await untilAnswered(() =>
      client.withDeadline(Date.now() + MEMORY_TIMEOUT_MS, () => handle.query<RunMemory>('memory')),
    );
  } catch (error) {
    if (!(await hasBegun(handle))) return memoryOfUnbegun(await readRunInput(client, run));
    const reason = rootCause(error) ?? String(error);
    throw new NoWorkerError(
      `Run ${run} could not be asked what it has done (${reason}). A worker has to run on its task queue. Nothing was started.`,
    );
  }
}

async function untilAnswered<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await ask();
    } catch (error) {
      if (tries === MEMORY_TRIES || !isGrpcDeadlineError(error)) throw error;
    }
  }
}

/** Whether a worker ever did anything for the run: one that was terminated before cannot be asked. */
async function hasBegun(handle: WorkflowHandle): Promise<boolean> {
  const { events = [] } = await handle.fetchHistory();
  return (events ?? []).some(({ workflowTaskCompletedEventAttributes: done }) => done !== undefined && done !== null);
}

function memoryOfUnbegun({ pipeline, params = {}, replay }: RunPipelineInput): RunMemory {
  return { steps: {}, params, leftOfOthers: replay?.steps ?? {}, unloaded: pipeline };
}

/**
 * What a run and those before it left, by step; with what a worker sees now of jobs that were thought to run: a job that failed since is paid
 * for again, which has to be known before. Where nobody can look, they may still run.
 */
export async function stepsLeft(
  client: Client,
  taskQueue: string,
  { run, of, memory }: { run: string; of: string; memory: RunMemory },
): Promise<Record<string, EarlierStep>> {
  const { steps, from, definition, leftOfOthers } = memory;
  const asked = definition ? stepsAskedFor(from, planSteps(definition)) : new Set<string>();
  const left = stepsLeftBy(steps, of, { asked, before: leftOfOthers });
  const jobs = Object.values(left).flatMap((step) => (step.job && mayStillRun(step) ? [step.job] : []));
  if (jobs.length === 0) return left;
  const seen = await lookByWorker<typeof observeJobs>(client, taskQueue, 'observeJobs', run, jobs.map(refOf)).catch(
    (): Awaited<ReturnType<typeof observeJobs>> => ({}),
  );
  const again = Object.entries(left).map(([id, step]): [string, EarlierStep] => {
    const observation = step.job && mayStillRun(step) ? seen[step.job.id] : undefined;
    return [id, observation ? asSeenSince(step, observation) : step];
  });
  return Object.fromEntries(again);
}
