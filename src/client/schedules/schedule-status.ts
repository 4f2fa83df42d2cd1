import { setTimeout as delay } from 'node:timers/promises';
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

/** How long a schedule takes to wake up. */
const WAKING_MS = 300;

/** What became of so many actions is looked up: two calls each. */
const ACTIONS_LOOKED_UP = 5;

/** How a schedule at Temporal stands, without a look at files. */
export async function statusOfSchedule(
  client: Client,
  pipeline: string,
  description: ScheduleDescription,
): Promise<ScheduleStatus> {
  const latest = description.info.recentActions.slice(-ACTIONS_LOOKED_UP);
  const looks = latest.map(async ({ scheduledAt, action }): Promise<ScheduledAction> => {
    const { workflowId, firstExecutionRunId } = action.workflow;
    return { scheduledAt: scheduledAt.toISOString(), ...(await outcomeOf(client, workflowId, firstExecutionRunId)) };
  });
  const lastActions = await Promise.all(looks);
  const { info, state, ...others } = await awake(client, description, lastActions.at(-1));
  const content = contentOfDescription({ info, state, ...others });
  return {
    pipeline,
    state: state.paused ? 'paused' : 'active',
    ...(state.note && { note: state.note }),
    cron: timesText(content),
    timezone: content.timezone,
    nextTimes: info.nextActionTimes.map((time) => time.toISOString()),
    lastActions,
    missed: info.numActionsMissedCatchupWindow,
    skipped: info.numActionsSkippedOverlap,
  };
}

/**
 * Temporal pauses a schedule on a failure only when the schedule wakes up, and the first question after a long rest wakes it up and is answered with how
 * it was before (seen with 1.32).
 */
async function awake(
  client: Client,
  description: ScheduleDescription,
  last: ScheduledAction | undefined,
): Promise<ScheduleDescription> {
  const { scheduleId, policies, state } = description;
  if (!policies.pauseOnFailure || state.paused || last?.status !== 'failed') return description;
  await delay(WAKING_MS);
  return client.schedule.getHandle(scheduleId).describe();
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
