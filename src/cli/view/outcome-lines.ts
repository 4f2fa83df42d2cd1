import type { RunReport } from '../../pipeline/report.ts';
import { mayStillRun } from '../../pipeline/replay.ts';
import { counted } from '../../pipeline/wording.ts';
import { elapsedText } from './time-text.ts';

/** How a run ended, how long it took and where its results lie; last, whether jobs of it may still run. */
export function outcomeLines({ run, outcome, steps }: RunReport): string[] {
  const took =
    run.endedAt === undefined ? '' : ` in ${elapsedText(Date.parse(run.endedAt) - Date.parse(run.startedAt))}`;
  const results = Object.entries(steps).flatMap(([id, { outcome: ofStep, job }]) =>
    ofStep === 'succeeded' && job?.outputUri !== undefined ? [`  results of ${id}: ${job.outputUri}`] : [],
  );
  const left = Object.values(steps).flatMap((step) => (step.job && mayStillRun(step) ? [step.job.id] : []));
  return [
    `Run ${run.id} ${outcome ?? 'goes on'}${took}.`,
    ...results,
    ...(left.length > 0 ? [`${counted(left.length, 'job')} may still run at AWS: ${left.join(', ')}`] : []),
  ];
}
