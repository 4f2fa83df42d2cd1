import type { Client, WorkflowExecutionInfo } from '@temporalio/client';
import type { JobReport, RunReport } from '../pipeline/report.ts';
import { statusOf, type RunStatus } from './run-summary.ts';
import { runsUnder } from './runs-under.ts';

/** One of the Temporal runs under a run key: the first, or a replay. Times are ISO 8601 in UTC. */
export interface RunOfHistory {
  /** Temporal run id. */
  runId: string;
  status: RunStatus;
  startedAt: string;
  endedAt?: string;
  /** Who or what asked for it. */
  trigger: string;
  /** What it went on from, and why; absent for the first run. */
  replay?: RunReport['run']['replay'];
  /** Steps of which it reused what an earlier run had made. */
  reused: string[];
  /** Ids of the jobs that it submitted or took over. */
  jobs: string[];
  /** Those of the jobs that existed already and that it took over. */
  adopted: string[];
}

/** All runs under a run key that Temporal still keeps, the oldest first. */
export async function readRunHistory(
  client: Client,
  run: string,
  reportOf: (info: WorkflowExecutionInfo) => Promise<RunReport>,
): Promise<RunOfHistory[]> {
  const runs: RunOfHistory[] = [];
  for await (const info of runsUnder(client, run)) runs.push(runOf(info, await reportOf(info)));
  return runs.toSorted((a, b) => a.startedAt.localeCompare(b.startedAt));
}

function runOf(info: WorkflowExecutionInfo, { run, steps }: RunReport): RunOfHistory {
  const all = Object.entries(steps);
  const startedAt = info.startTime.toISOString();
  // Those of the runs before it are told of as well; one that it took over had its end noticed here.
  const isOwn = ({ submittedAt, noticedAt = submittedAt }: JobReport) => noticedAt >= startedAt;
  const own = all
    .filter(([, { reused }]) => !reused)
    .flatMap(([, { job, earlierJobs = [] }]) => [...earlierJobs.filter(isOwn), ...(job ? [job] : [])]);
  return {
    runId: info.runId,
    status: statusOf(info),
    startedAt,
    ...(info.closeTime && { endedAt: info.closeTime.toISOString() }),
    trigger: run.trigger,
    ...(run.replay && { replay: run.replay }),
    reused: all.filter(([, { reused }]) => reused).map(([id]) => id),
    jobs: own.map(({ id }) => id),
    adopted: own.filter(({ adopted }) => adopted).map(({ id }) => id),
  };
}
