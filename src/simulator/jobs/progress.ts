import type { Clock } from '../clock.ts';
import type { SimulatedJob } from './simulated-job.ts';

/** How far a job is. Moments are milliseconds since 1970. */
export interface Progress {
  /** Records seen so far; all of them at the end. Absent until the service has counted its input. */
  processed?: number;
  total?: number;
  /** Of those seen so far. */
  invalid?: number;
  /** When the service last worked on the job. */
  heartbeatAt: number;
}

/** @param heartbeatSeconds how often the service says that it works on a running job, in simulated seconds */
export function progressOf(job: SimulatedJob, clock: Clock, heartbeatSeconds: number): Progress {
  const heartbeatAt =
    job.state === 'running' && job.fate?.kind !== 'hangs'
      ? lastBeat(job, job.seenAt ?? clock.now(), clock.milliseconds(heartbeatSeconds))
      : job.updatedAt;
  if (job.records === undefined) return { heartbeatAt };
  const share = job.state === 'succeeded' ? 1 : shareDone(job, heartbeatAt);
  const { total, invalid } = job.records;
  return { processed: Math.floor(total * share), total, invalid: Math.floor(invalid * share), heartbeatAt };
}

function lastBeat(job: SimulatedJob, now: number, interval: number): number {
  return job.updatedAt + Math.floor((now - job.updatedAt) / interval) * interval;
}

/** Records go by evenly between the start and the end; the last one is counted when the results are in S3. */
function shareDone({ startedAt, runningUntil, endedAt }: SimulatedJob, moment: number): number {
  if (startedAt === undefined || runningUntil === undefined || runningUntil <= startedAt) return 0;
  return Math.min(Math.max(((endedAt ?? moment) - startedAt) / (runningUntil - startedAt), 0), 0.999);
}
