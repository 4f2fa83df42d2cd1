import type { RunReport, StepReport } from '../../pipeline/report.ts';
import type { ExpectedEnds } from './expected-end.ts';
import { oneLine } from './one-line.ts';
import { recordsText } from './records-text.ts';
import { currentJob, placeText, stateText } from './run-lines.ts';
import { clockText } from './time-text.ts';

/** A running job is worth a line whenever another tenth of its records is done. */
const PROGRESS_PARTS = 10;

/** What changed in a run from one report to the next, one line for each step that did; for output that cannot be redrawn. */
export function changeLines(
  before: RunReport | undefined,
  after: RunReport,
  { now, expectedEnds }: { now: Date; expectedEnds: ExpectedEnds },
): string[] {
  const time = clockText(now, now);
  const steps = Object.entries(after.steps).flatMap(([id, step]) => {
    const last = before?.steps[id];
    const change = isWorthALine(last, step) ? [stepText(step, expectedEnds.get(id), now)] : [];
    return [...change, ...newNotices(last, step)].map((text) => `${time}  ${after.run.id}  ${id}  ${text}`);
  });
  if (after.outcome === undefined) {
    const isNews = after.error !== undefined && after.error !== before?.error;
    return isNews ? [...steps, `${time}  ${after.run.id}  ${oneLine(after.error ?? '')}`] : steps;
  }
  const reason = after.error === undefined ? '' : `: ${oneLine(after.error)}`;
  return [...steps, `${time}  ${after.run.id}  ${after.outcome}${reason}`];
}

function isWorthALine(before: StepReport | undefined, after: StepReport): boolean {
  if (!before) return after.state !== 'waiting';
  return stateText(before) !== stateText(after) || partsDone(before) !== partsDone(after);
}

/** The wait for a place is told when it begins, not whenever the jobs ahead are fewer; a warning when it was not there before. */
function newNotices(before: StepReport | undefined, { place, warnings = [] }: StepReport): string[] {
  const wait = place && place.since !== before?.place?.since ? [placeText(place)] : [];
  const fresh = warnings.filter((warning) => !before?.warnings?.includes(warning));
  return [...wait, ...fresh.map((warning) => `warning: ${oneLine(warning)}`)];
}

function partsDone(step: StepReport): number {
  const { total, processed = 0 } = currentJob(step)?.records ?? {};
  return total && step.state !== 'ended' ? Math.floor((processed / total) * PROGRESS_PARTS) : 0;
}

function stepText(step: StepReport, end: Date | undefined, now: Date): string {
  const job = currentJob(step);
  const records = job ? recordsText(job, true) : '';
  const facts = [
    stateText(step),
    ...(records === '' ? [] : [records]),
    ...(end ? [`expected end ${clockText(end, now)}`] : []),
  ].join(', ');
  return step.error === undefined ? facts : `${facts}: ${oneLine(step.error)}`;
}
