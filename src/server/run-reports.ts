import type { FastifyReply } from 'fastify';
import type { NightscoreClient } from '../client/nightscore-client.ts';
import type { RunReport } from '../pipeline/report.ts';
import type { EndedRuns } from './ended-runs.ts';
import { SharedReads } from './shared-reads.ts';

/** Reads reports for many callers, at once or when their runs have ended. */
export class RunReports {
  readonly #reports: SharedReads<RunReport>;
  readonly #isRunning: SharedReads<boolean>;
  readonly #endedRuns: EndedRuns;

  constructor(nightscore: NightscoreClient, endedRuns: EndedRuns) {
    this.#reports = new SharedReads((run) => nightscore.get(run));
    this.#isRunning = new SharedReads(async (run) => (await nightscore.standing(run))?.status === 'running');
    this.#endedRuns = endedRuns;
  }

  /** The report of a run now. Throws a RunNotFoundError. */
  now(run: string): Promise<RunReport> {
    return this.#reports.get(run);
  }

  /** Resolves when a run has ended, when the time is over or when the caller has gone. */
  async untilEnded(run: string, timeoutMs: number, reply: FastifyReply): Promise<void> {
    const signal = goneSignal(reply);
    if (await this.#isRunning.get(run)) await this.#endedRuns.wait(run, { timeoutMs, signal });
  }
}

/** Aborts when the caller has hung up. */
function goneSignal({ raw }: FastifyReply): AbortSignal {
  const gone = new AbortController();
  raw.once('close', () => gone.abort());
  return gone.signal;
}
