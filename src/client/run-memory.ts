import type { Client } from '@temporalio/client';
import type { PipelineDefinition } from '../pipeline/definition.ts';
import { refOf } from '../pipeline/job-report.ts';
import { planSteps } from '../pipeline/plan.ts';
import { asSeenSince, mayStillRun, stepsAskedFor, stepsLeftBy, type EarlierStep } from '../pipeline/replay.ts';
import { lostConnectionText } from '../temporal/lost-connection.ts';
import { isBrokenOff, isUnanswered, queryProblem } from '../temporal/query-problem.ts';
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

/** A worker is soon seen in a history; the rest of it may be long. */
const FIRST_EVENTS = 20;

/** What a run that has ended tells of itself, which a worker reads from its history. Throws a NoWorkerError when none could, now. */
export async function memoryOf(client: Client, run: string, runId: string): Promise<RunMemory> {
  const handle = client.workflow.getHandle(run, runId);
  try {
    return await untilAnswered(() =>
      client.withDeadline(Date.now() + MEMORY_TIMEOUT_MS, () => handle.query<RunMemory>('memory')),
    );
  } catch (error) {
    if (!(await hasBegun(client, run, runId))) return memoryOfUnbegun(await readRunInput(client, run, runId));
    const isAlone = isUnanswered(error);
    if (!isAlone && error instanceof Error && lostConnectionText(error) !== undefined) throw error;
    throw new NoWorkerError(
      `Run ${run} could not be asked what it has done (${queryProblem(error)}). ${isAlone ? 'A worker has to run on its task queue. ' : ''}Nothing was started.`,
    );
  }
}

async function untilAnswered<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await ask();
    } catch (error) {
      if (tries === MEMORY_TRIES || !isBrokenOff(error)) throw error;
    }
  }
}

/** Whether a worker ever did anything for the run: one that was terminated before cannot be asked. */
async function hasBegun({ options, workflowService }: Client, workflowId: string, runId: string): Promise<boolean> {
  const { namespace } = options;
  const execution = { workflowId, runId };
  let nextPageToken: Uint8Array = new Uint8Array();
  do {
    const page = await workflowService.getWorkflowExecutionHistory({
      namespace,
      execution,
      maximumPageSize: FIRST_EVENTS,
      nextPageToken,
    });
    const events = page.history?.events ?? [];
    if (events.some(({ workflowTaskCompletedEventAttributes: done }) => done)) return true;
    nextPageToken = page.nextPageToken ?? new Uint8Array();
  } while (nextPageToken.length > 0);
  return false;
}

function memoryOfUnbegun({ pipeline, params = {}, replay }: RunPipelineInput): RunMemory {
  const { from, steps = {} } = replay ?? {};
  return { steps: {}, ...(from !== undefined && { from }), params, leftOfOthers: steps, unloaded: pipeline };
}

/** The definition that a run had, or was to have: a replay is started with the whole one. Undefined where only its name was given, and not loaded. */
export function knownDefinition({ definition, unloaded }: RunMemory): PipelineDefinition | undefined {
  return definition ?? (typeof unloaded === 'object' ? unloaded : undefined);
}

/**
 * What a run and those before it left, by step; with what a worker sees now of jobs that were thought to run: a job that failed since is paid
 * for again, which has to be known before. Where nobody can look, they may still run.
 */
export async function stepsLeft(
  client: Client,
  taskQueue: string,
  { run, of, memory }: { run: string; of: string; memory: RunMemory },
): Promise<{ steps: Record<string, EarlierStep>; warnings: string[] }> {
  const { steps, from, leftOfOthers } = memory;
  const definition = knownDefinition(memory);
  const asked = from !== undefined && definition ? stepsAskedFor(from, planSteps(definition)) : new Set<string>();
  const left = stepsLeftBy(steps, of, { asked, before: leftOfOthers });
  const jobs = Object.values(left).flatMap((step) => (step.job && mayStillRun(step) ? [step.job] : []));
  if (jobs.length === 0) return { steps: left, warnings: [] };
  const seen = await lookByWorker<typeof observeJobs>(client, taskQueue, 'observeJobs', run, jobs.map(refOf)).catch(
    (): Awaited<ReturnType<typeof observeJobs>> => ({}),
  );
  const warnings: string[] = [];
  const again = Object.entries(left).map(([id, step]): [string, EarlierStep] => {
    if (!step.job || !mayStillRun(step)) return [id, step];
    const observation = seen[step.job.id];
    if (!observation) warnings.push(`How job ${step.job.id} of step ${id} stands could not be seen now.`);
    return [id, observation ? asSeenSince(step, observation) : step];
  });
  return { steps: Object.fromEntries(again), warnings };
}
