import { createHmac, randomBytes } from 'node:crypto';
import type { SimulatedJob } from './jobs/simulated-job.ts';

const LOG_PATH = '/_simulator/logs/';

/**
 * Logs of jobs behind pre-signed links, as Amazon ML gives them out. Whoever has such a link may read the log, so it is
 * a secret; it is valid as long as the simulator runs.
 */
export class JobLogs {
  readonly #secret = randomBytes(32);

  /** @param origin `http://host:port` */
  link(origin: string, job: SimulatedJob): string {
    const query = `X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=${this.#signature(job.serial)}`;
    return `${origin}${LOG_PATH}${job.serial}?${query}`;
  }

  /** The log that a link leads to, or nothing if the link is not ours. */
  read(path: string, query: URLSearchParams, jobs: readonly SimulatedJob[]): string | undefined {
    const serial = Number(path.slice(LOG_PATH.length));
    const job = jobs.find((candidate) => candidate.serial === serial);
    const isSigned = query.get('X-Amz-Signature') === this.#signature(serial);
    return job !== undefined && isSigned ? logText(job) : undefined;
  }

  #signature(serial: number): string {
    return createHmac('sha256', this.#secret).update(String(serial)).digest('hex');
  }
}

function logText({ id, createdAt, startedAt, endedAt, state, message, records }: SimulatedJob): string {
  const lines = [
    logLine(createdAt, `${id} was submitted`),
    ...(startedAt === undefined ? [] : [logLine(startedAt, 'started')]),
    ...(startedAt === undefined || records === undefined
      ? []
      : [logLine(startedAt, `${records.total} records, ${records.invalid} of them invalid`)]),
    ...(endedAt === undefined ? [] : [logLine(endedAt, [state, message].filter(Boolean).join(': '))]),
  ];
  return `${lines.join('\n')}\n`;
}

const logLine = (moment: number, what: string): string => `${new Date(moment).toISOString()} ${what}`;
