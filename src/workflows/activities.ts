import { ActivityCancellationType, proxyActivities, type RetryPolicy } from '@temporalio/workflow';
import type { AwaitJobInput } from '../activities/await-job.ts';
import type { Activities } from '../activities/index.ts';
import { WATCH_QUEUE_SUFFIX } from './watch-queue.ts';

/**
 * Retries are without limit: activities say themselves when to give up (a failure that is not retryable) and how long to
 * wait (`nextRetryDelay`, which older servers cap at `maximumInterval`). Deadlines are kept in the workflow.
 */
const RETRY: RetryPolicy = { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '5m' };

/**
 * The activities of Nightscore's workers on a task queue, each with the options that its promises need.
 *
 * @param summary what they are for, shown beside each in Temporal's UI; at most 200 bytes
 */
export function activitiesOn(taskQueue: string, summary: string) {
  const shared = { taskQueue, summary, retry: RETRY };
  const { loadPipeline, periodOfPipeline, inspectResults } = proxyActivities<Activities>({
    ...shared,
    cancellationType: ActivityCancellationType.TRY_CANCEL,
    startToCloseTimeout: '30s',
  });
  const { findStartedJob, stopJob, readJob } = proxyActivities<Activities>({
    ...shared,
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    startToCloseTimeout: '3m',
  });
  const held = { ...shared, taskQueue: `${taskQueue}${WATCH_QUEUE_SUFFIX}`, startToCloseTimeout: '60d' } as const;
  // A cancel must wait for a start that is under way: only its result tells whether there is a job.
  const { startJob } = proxyActivities<Activities>({
    ...held,
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    heartbeatTimeout: '30s',
  });
  const awaitJob = (input: AwaitJobInput, heartbeatTimeout: number) =>
    proxyActivities<Activities>({
      ...held,
      cancellationType: ActivityCancellationType.TRY_CANCEL,
      heartbeatTimeout,
    }).awaitJob(input);
  const { verifyJob, awaitRun } = proxyActivities<Activities>({
    ...held,
    cancellationType: ActivityCancellationType.TRY_CANCEL,
    heartbeatTimeout: '1m',
  });
  const { runFollowUp } = proxyActivities<Activities>({
    ...shared,
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    startToCloseTimeout: '12h',
    heartbeatTimeout: '2m',
  });
  return {
    loadPipeline,
    periodOfPipeline,
    inspectResults,
    startJob,
    findStartedJob,
    stopJob,
    readJob,
    awaitJob,
    awaitRun,
    verifyJob,
    runFollowUp,
  };
}
