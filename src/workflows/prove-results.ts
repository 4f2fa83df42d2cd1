import { CancellationScope } from '@temporalio/workflow';
import type { VerifyJobInput } from '../activities/verify-job.ts';
import { passGate } from '../pipeline/job-end.ts';
import { refOf } from '../pipeline/job-report.ts';
import { verificationObjection, type Verification } from '../pipeline/verification.ts';
import type { Activities } from './await-end.ts';
import { messageOf } from './failure-message.ts';
import type { JobResult, RunJobOptions } from './run-job-options.ts';
import { STOP_TIMEOUT_MS, within } from './within.ts';

/** A success that its step wants proven is one only when the results are what the service promises. */
export async function proven(
  options: RunJobOptions,
  activities: Activities,
  result: JobResult,
  isGivenUp = false,
): Promise<JobResult> {
  const { verify, gate, with: request } = options;
  if (!verify || !result.job || result.outcome !== 'succeeded' || result.job.verification) return result;
  const { records } = result.job;
  const ref = refOf(result.job);
  try {
    const verification = await readResults(activities, { ref, request, ...(records && { records }) }, isGivenUp);
    if (!verification) return unproven(result, 'that took too long');
    const counted = { ...verification.records, ...records };
    const job = { ...result.job, records: counted, verification };
    const objection = verificationObjection(verification);
    if (objection === undefined) return { ...result, job, ...passGate(counted, gate) };
    const error = `The job succeeded, but its results are not proven: ${objection}`;
    return { ...result, outcome: 'failed', job, error };
  } catch (error) {
    return unproven(result, messageOf(error));
  }
}

/** A cancel does not undo a success, so the results are read all the same; but not for longer than a stop may take. */
async function readResults(
  activities: Activities,
  input: VerifyJobInput,
  isGivenUp: boolean,
): Promise<Verification | undefined> {
  const hurried = () =>
    CancellationScope.nonCancellable(() => within(STOP_TIMEOUT_MS, () => activities.verifyJob(input)));
  if (isGivenUp || CancellationScope.current().consideredCancelled) return hurried();
  try {
    return await activities.verifyJob(input);
  } catch (error) {
    if (CancellationScope.current().consideredCancelled) return hurried();
    throw error;
  }
}

function unproven(result: JobResult, why: string): JobResult {
  const error = `The job succeeded, but its results could not be verified: ${why}`;
  return { ...result, outcome: 'failed', unproven: true, error };
}
