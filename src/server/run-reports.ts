import type { FastifyReply } from 'fastify';
import type { RunReport } from '../pipeline/report.ts';
import { inTime, type ApiContext } from './context.ts';
import type { EndedRuns } from './ended-runs.ts';
import { SharedReads } from './shared-reads.ts';

/** Reads reports for many callers, at once or when their runs have ended. */
export class RunReports {
  readonly #reports: SharedReads<RunReport>;
  readonly #isRunning: SharedReads<boolean>;
  readonly #endedRuns: EndedRuns;

  constructor(context: Pick<ApiContext, 'temporal' | 'nightscore'>, endedRuns: EndedRuns) {
    const { nightscore } = context;
    // The deadline is that of the question, not of the first who asks it.
    this.#reports = new SharedReads((run) => inTime(context, () => nightscore.get(run)));
    this.#isRunning = new SharedReads(async (run) => {
      const standing = await inTime(context, () => nightscore.standing(run));
      return standing?.status === 'running';
    });
    this.#endedRuns = endedRuns;
  }

  /** The report of a run now. Throws a RunNotFoundError. */
  now(run: string): Promise<RunReport> {
    return this.#reports.get(run);
  }

  /** The report of a run once it has ended; what is known of it when the time is over or the caller has gone. Throws a RunNotFoundError. */
  async ended(run: string, timeoutMs: number, reply: FastifyReply): Promise<RunReport> {
    const signal = goneSignal(reply);
    const isRunning = await this.#isRunning.get(run);
    const ended = isRunning ? await this.#endedRuns.wait(run, { timeoutMs, signal }) : undefined;
    return ended ?? this.now(run);
  }
}

/** Aborts when the caller has hung up, or has already: a start comes before the wait. */
function goneSignal({ raw }: FastifyReply): AbortSignal {
  const gone = new AbortController();
  if (raw.destroyed) gone.abort();
  else raw.once('close', () => gone.abort());
  return gone.signal;
}
