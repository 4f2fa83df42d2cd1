import type { WriteStream } from 'node:tty';
import type { NightscoreClient } from '../../client/nightscore-client.ts';
import type { RunReport } from '../../pipeline/report.ts';
import { changeLines } from '../view/change-lines.ts';
import { Forecast } from '../view/expected-end.ts';
import { LiveView } from '../view/live-view.ts';
import { paintFor } from '../view/paint.ts';
import { runLines, type SeenRun } from '../view/run-lines.ts';

/** How often the elapsed times are redrawn, in milliseconds. */
const REDRAW_INTERVAL_MS = 1_000;

export interface FollowOptions {
  /** Where progress is shown: redrawn in place in a terminal, else a line for each change. */
  stream: WriteStream;
  signal?: AbortSignal;
}

/**
 * Shows the progress of runs until all of them have ended; gives their reports in the order of `runs`.
 * Rejects with the signal's reason when the signal aborts first; the runs go on.
 */
export async function followRuns(
  client: NightscoreClient,
  runs: readonly string[],
  { stream, signal }: FollowOptions,
): Promise<RunReport[]> {
  const display = stream.isTTY ? new RedrawnProgress(stream, runs) : new ProgressLines(stream);
  const leave = new AbortController();
  const either = signal ? AbortSignal.any([signal, leave.signal]) : leave.signal;
  try {
    return await Promise.all(runs.map((run) => followRun(client, run, display, either)));
  } finally {
    leave.abort();
    display.end();
  }
}

interface Display {
  update(report: RunReport): void;
  end(): void;
}

async function followRun(
  client: NightscoreClient,
  run: string,
  display: Display,
  signal: AbortSignal,
): Promise<RunReport> {
  let last: RunReport | undefined;
  try {
    for await (const report of client.watch(run, { signal })) {
      display.update(report);
      last = report;
    }
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  }
  if (!last) throw new Error(`Temporal said nothing about run ${run}`);
  return last;
}

class RedrawnProgress implements Display {
  readonly #stream: WriteStream;
  readonly #runs: readonly string[];
  readonly #view: LiveView;
  readonly #seen = new Map<string, SeenRun>();
  readonly #forecast = new Forecast();
  readonly #timer: NodeJS.Timeout;

  constructor(stream: WriteStream, runs: readonly string[]) {
    this.#stream = stream;
    this.#runs = runs;
    this.#view = new LiveView(stream);
    this.#timer = setInterval(() => this.#draw(), REDRAW_INTERVAL_MS);
  }

  update(report: RunReport): void {
    this.#seen.set(report.run.id, { report, expectedEnds: this.#forecast.look(report, new Date()) });
    this.#draw();
  }

  end(): void {
    clearInterval(this.#timer);
    this.#draw();
  }

  #draw(): void {
    const runs = this.#runs.flatMap((run) => this.#seen.get(run) ?? []);
    if (runs.length === 0) return;
    const { columns } = this.#stream;
    this.#view.show(runLines(runs, { now: new Date(), columns, paint: paintFor(this.#stream) }));
  }
}

class ProgressLines implements Display {
  readonly #stream: WriteStream;
  readonly #seen = new Map<string, RunReport>();
  readonly #forecast = new Forecast();

  constructor(stream: WriteStream) {
    this.#stream = stream;
  }

  update(report: RunReport): void {
    const now = new Date();
    const expectedEnds = this.#forecast.look(report, now);
    const lines = changeLines(this.#seen.get(report.run.id), report, { now, expectedEnds });
    this.#seen.set(report.run.id, report);
    for (const line of lines) this.#stream.write(`${line}\n`);
  }

  end(): void {}
}
