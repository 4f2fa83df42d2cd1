import type { RunReport } from '../../pipeline/report.ts';
import { mayStillRun } from '../../pipeline/replay.ts';
import { counted } from '../../pipeline/wording.ts';
import { elapsedText } from './time-text.ts';

/**
 * How a run ended, how long it took and where its results lie; last, whether jobs of it may still run.
 *
 * @param status what Temporal says of a run that has ended: more than its outcome when it was ended from outside
 */
export function outcomeLines({ run, outcome, steps }: RunReport, status: string | undefined = outcome): string[] {
  const took =
    run.endedAt === undefined ? '' : ` in ${elapsedText(Date.parse(run.endedAt) - Date.parse(run.startedAt))}`;
  const results = Object.entries(steps).flatMap(([id, { outcome: ofStep, job }]) =>
    ofStep === 'succeeded' && job?.outputUri !== undefined ? [`  results of ${id}: ${job.outputUri}`] : [],
  );
  return [`Run ${run.id} ${status ?? 'goes on'}${took}.`, ...results, ...leftRunningLines(steps)];
}

/** The jobs that a run which has ended left, and that may still run. */
export function leftRunningLines(steps: RunReport['steps']): string[] {
  const left = Object.values(steps).flatMap((step) => (step.job && mayStillRun(step) ? [step.job.id] : []));
  return left.length === 0 ? [] : [`${counted(left.length, 'job')} may still run at AWS: ${left.join(', ')}`];
}
