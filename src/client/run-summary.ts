import type { WorkflowExecutionInfo, WorkflowExecutionStatusName } from '@temporalio/client';
import type { RunOutcome } from '../pipeline/outcome.ts';
import { isRunKey, parseRunKey } from '../pipeline/run-key.ts';

/** `terminated` and `timed-out`: Temporal ended the run from outside, and its jobs may still run. */
export type RunStatus = 'running' | RunOutcome | 'terminated' | 'timed-out';

export const RUN_STATUSES: readonly RunStatus[] = [
  'running',
  'succeeded',
  'failed',
  'cancelled',
  'terminated',
  'timed-out',
];

/** One row of a list of runs. Times are ISO 8601 in UTC. */
export interface RunSummary {
  id: string;
  pipeline: string;
  key: string;
  status: RunStatus;
  startedAt: string;
  endedAt?: string;
}

/** Temporal's own word is the truth of a run's status; an attribute that the run wrote could be out of date. */
const STATUS_IN_TEMPORAL = {
  running: 'Running',
  succeeded: 'Completed',
  failed: 'Failed',
  cancelled: 'Canceled',
  terminated: 'Terminated',
  'timed-out': 'TimedOut',
} as const satisfies Record<RunStatus, string>;

const STATUS_OF_NAME: Partial<Record<WorkflowExecutionStatusName, RunStatus>> = {
  COMPLETED: 'succeeded',
  FAILED: 'failed',
  CANCELLED: 'cancelled',
  TERMINATED: 'terminated',
  TIMED_OUT: 'timed-out',
};

export function statusOf(info: Pick<WorkflowExecutionInfo, 'status'>): RunStatus {
  return STATUS_OF_NAME[info.status.name] ?? 'running';
}

/** The row of a run; nothing for a workflow that is none: one of the type under another id has refused to run. */
export function summaryOf(
  info: Pick<WorkflowExecutionInfo, 'workflowId' | 'status' | 'startTime' | 'closeTime'>,
): RunSummary | undefined {
  if (!isRunKey(info.workflowId)) return undefined;
  return {
    id: info.workflowId,
    ...parseRunKey(info.workflowId),
    status: statusOf(info),
    startedAt: info.startTime.toISOString(),
    ...(info.closeTime && { endedAt: info.closeTime.toISOString() }),
  };
}

/** Which runs to list; all of them when empty. */
export interface RunFilter {
  pipeline?: string;
  /** The period or key. */
  key?: string;
  status?: RunStatus;
  /** Name of a service or follow-up that the run uses. */
  service?: string;
  /** Id of a job that the run started. */
  job?: string;
  startedAfter?: Date;
  /** Only runs of these pipelines, also those that no worker has taken up yet. */
  ofPipelines?: readonly string[];
  /** Only these runs, by their run keys. */
  runs?: readonly string[];
}

/** The filter as a query of Temporal's visibility. */
export function visibilityQuery(filter: RunFilter): string {
  const equals: [attribute: string, value: string | undefined][] = [
    ['WorkflowType', 'runPipeline'],
    ['NightscorePipeline', filter.pipeline],
    ['NightscorePeriod', filter.key],
    ['ExecutionStatus', filter.status && STATUS_IN_TEMPORAL[filter.status]],
    ['NightscoreServices', filter.service],
    ['NightscoreJobs', filter.job],
  ];
  const terms = equals.flatMap(([attribute, value]) => (value === undefined ? [] : [`${attribute} = ${quote(value)}`]));
  if (filter.startedAfter) terms.push(`StartTime >= ${quote(filter.startedAfter.toISOString())}`);
  // By the workflow id, which nobody can forge and which is there from the start on; attributes are written by the run itself.
  if (filter.ofPipelines)
    terms.push(anyOf(filter.ofPipelines.map((name) => `WorkflowId STARTS_WITH ${quote(`${name}/`)}`)));
  if (filter.runs) terms.push(anyOf(filter.runs.map((run) => `WorkflowId = ${quote(run)}`)));
  return terms.join(' AND ');
}

function anyOf(terms: readonly string[]): string {
  return `(${terms.join(' OR ')})`;
}

function quote(value: string): string {
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
