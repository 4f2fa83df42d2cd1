import type { JobReport, RunReport } from '../../pipeline/report.ts';
import { currentJob } from './run-lines.ts';

/** When steps of a run are expected to end, by their ids; those of which nobody can tell are not in it. */
export type ExpectedEnds = ReadonlyMap<string, Date>;

/** How many records of a job were done at a moment. */
interface Progress {
  at: Date;
  processed: number;
}

/** What was seen of a job's progress: the count at the last look, and the first and the last count that we saw appear. */
interface SeenProgress {
  count: number;
  first?: Progress;
  last?: Progress;
}

/**
 * Expects jobs to end by how fast their counts of records grow while we look. The time that a service takes to get ready does not
 * count as work, and neither does a count that was there at the first look, because nobody knows how old it is.
 */
export class Forecast {
  readonly #seen = new Map<string, SeenProgress>();

  /** Takes a report in that was read at `now`, and gives what it makes of the run's jobs. */
  look({ steps }: RunReport, now: Date): ExpectedEnds {
    const ends = Object.entries(steps).flatMap(([id, step]) => {
      const job = currentJob(step);
      const end = job && step.state !== 'ended' ? this.#lookAtJob(job, now) : undefined;
      return end ? [[id, end] as const] : [];
    });
    return new Map(ends);
  }

  #lookAtJob({ id, records: { total, processed = 0 } = {} }: JobReport, now: Date): Date | undefined {
    const before = this.#seen.get(id);
    const seen = before ?? { count: processed };
    this.#seen.set(id, seen);
    if (processed !== seen.count) {
      seen.count = processed;
      seen.last = { at: now, processed };
      seen.first ??= seen.last;
    }
    return total && seen.first && seen.last ? expectedEnd(total, seen.first, seen.last) : undefined;
  }
}

/** The same from a single look, as if each job had worked evenly since it started. */
export function expectedEndsAtFirstLook({ steps }: RunReport, now: Date): ExpectedEnds {
  const ends = Object.entries(steps).flatMap(([id, step]) => {
    const job = currentJob(step);
    const { total, processed } = job?.records ?? {};
    if (step.state === 'ended' || job?.startedAt === undefined || !total || !processed) return [];
    const end = expectedEnd(total, { at: new Date(job.startedAt), processed: 0 }, { at: now, processed });
    return end ? [[id, end] as const] : [];
  });
  return new Map(ends);
}

function expectedEnd(total: number, from: Progress, to: Progress): Date | undefined {
  const done = to.processed - from.processed;
  if (done <= 0) return undefined;
  const perRecord = (to.at.getTime() - from.at.getTime()) / done;
  return new Date(to.at.getTime() + perRecord * (total - to.processed));
}
