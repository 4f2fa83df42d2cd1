import type { RunReport } from '../../pipeline/report.ts';
import { elapsedText } from './time-text.ts';

/** How a run ended, how long it took and where its results lie. */
export function outcomeLines({ run, outcome, steps }: RunReport): string[] {
  const took =
    run.endedAt === undefined ? '' : ` in ${elapsedText(Date.parse(run.endedAt) - Date.parse(run.startedAt))}`;
  const results = Object.entries(steps).flatMap(([id, { outcome: ofStep, job }]) =>
    ofStep === 'succeeded' && job?.outputUri !== undefined ? [`  results of ${id}: ${job.outputUri}`] : [],
  );
  return [`Run ${run.id} ${outcome ?? 'goes on'}${took}.`, ...results];
}
