import { WorkflowNotFoundError, type Client, type ScheduleDescription } from '@temporalio/client';
import { failureOf } from '../run-failure.ts';
import { statusOf, type RunStatus } from '../run-summary.ts';
import { contentOfDescription, timesText, type ScheduleDifference } from './schedule-content.ts';

/** Something that a schedule started. */
export interface ScheduledAction {
  /** ISO 8601. */
  scheduledAt: string;
  /** The run key, once it is known. */
  run?: string;
  /** Of the run, or of what was to start it; `unknown` when Temporal's retention has removed it. */
  status: RunStatus | 'unknown';
  /** Why it failed, where it did so before there was a run. */
  error?: string;
}

/** How a schedule stands. Times are ISO 8601 in UTC. */
export interface ScheduleStatus {
  pipeline: string;
  state: 'active' | 'paused' | 'not-applied';
  /** Why it is paused, or was resumed. */
  note?: string;
  cron: string;
  /** IANA name. */
  timezone: string;
  nextTimes: string[];
  /** The latest last. */
  lastActions: ScheduledAction[];
  /** Starts for which it was too late when the server was up again. */
  missed: number;
  /** Starts that were left out because the run before still went on. */
  skipped: number;
  /** In what the schedule is not what the file says. Not there when no files were looked at. */
  drift?: ScheduleDifference[];
  /** Why there is no file to compare with. */
  withoutFile?: string;
}

/** What became of so many actions is looked up: two calls each. */
const ACTIONS_LOOKED_UP = 5;

/** How a schedule at Temporal stands, without a look at files. */
export async function statusOfSchedule(
  client: Client,
  pipeline: string,
  description: ScheduleDescription,
): Promise<ScheduleStatus> {
  const { info, state } = description;
  const content = contentOfDescription(description);
  const latest = info.recentActions.slice(-ACTIONS_LOOKED_UP);
  const lastActions = latest.map(async ({ scheduledAt, action }): Promise<ScheduledAction> => {
    const { workflowId, firstExecutionRunId } = action.workflow;
    return { scheduledAt: scheduledAt.toISOString(), ...(await outcomeOf(client, workflowId, firstExecutionRunId)) };
  });
  return {
    pipeline,
    state: state.paused ? 'paused' : 'active',
    ...(state.note && { note: state.note }),
    cron: timesText(content),
    timezone: content.timezone,
    nextTimes: info.nextActionTimes.map((time) => time.toISOString()),
    lastActions: await Promise.all(lastActions),
    missed: info.numActionsMissedCatchupWindow,
    skipped: info.numActionsSkippedOverlap,
  };
}

/** What became of a workflow that a schedule started: of its run, as soon as it has named one. */
async function outcomeOf(client: Client, id: string, runId?: string): Promise<Omit<ScheduledAction, 'scheduledAt'>> {
  return unlessGone(async () => {
    const handle = client.workflow.getHandle(id, runId);
    const description = await handle.describe();
    const run = description.memo?.['run'];
    if (typeof run === 'string') return { run, ...(await statusOfRun(client, run)) };
    const status = statusOf(description);
    return { status, ...(status === 'failed' && (await failureOf(handle))) };
  });
}

function statusOfRun(client: Client, run: string): Promise<Pick<ScheduledAction, 'status'>> {
  return unlessGone(async () => ({ status: statusOf(await client.workflow.getHandle(run).describe()) }));
}

/** Temporal's retention may have removed what is looked at. */
async function unlessGone<Found>(look: () => Promise<Found>): Promise<Found | { status: 'unknown' }> {
  try {
    return await look();
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return { status: 'unknown' };
    throw error;
  }
}
