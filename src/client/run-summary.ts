import type { WorkflowExecutionInfo, WorkflowExecutionStatusName } from '@temporalio/client';
import type { RunOutcome } from '../pipeline/outcome.ts';
import type { RunReport } from '../pipeline/report.ts';
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
  /** The run key. */
  id: string;
  /** Temporal run id. */
  runId: string;
  pipeline: string;
  key: string;
  status: RunStatus;
  startedAt: string;
  endedAt?: string;
  /** What a replay that has ended went on from. */
  replay?: RunReport['run']['replay'];
  /** Names the command that started this replay beside others. */
  batch?: string;
}

/** Key of the memo under which a replay has its batch, from its start on. */
export const BATCH = 'batch';

/** Temporal's own word is the truth of a run's status; an attribute that the run wrote could be out of date. */
export const STATUS_IN_TEMPORAL = {
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
  info: Pick<WorkflowExecutionInfo, 'workflowId' | 'runId' | 'status' | 'startTime' | 'closeTime' | 'memo'>,
): RunSummary | undefined {
  if (!isRunKey(info.workflowId)) return undefined;
  const { replay } = (info.memo?.['report'] as RunReport | undefined)?.run ?? {};
  const batch = info.memo?.[BATCH];
  return {
    id: info.workflowId,
    runId: info.runId,
    ...parseRunKey(info.workflowId),
    status: statusOf(info),
    startedAt: info.startTime.toISOString(),
    ...(info.closeTime && { endedAt: info.closeTime.toISOString() }),
    ...(replay && { replay }),
    ...(typeof batch === 'string' && { batch }),
  };
}
