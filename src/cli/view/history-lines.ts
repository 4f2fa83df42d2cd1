import type { RunOfHistory } from '../../client/run-history.ts';
import { oneLine } from './one-line.ts';
import type { Paint } from './paint.ts';
import { momentText } from './time-text.ts';

/** All runs under one run key, the first one first: how each ended, who asked for it and what it reused. */
export function historyLines(runs: readonly RunOfHistory[], paint: Paint): string[] {
  return runs.flatMap((run, index) => [...(index === 0 ? [] : ['']), ...runLines(run, index, paint)]);
}

function runLines(run: RunOfHistory, index: number, paint: Paint): string[] {
  const { runId, status, startedAt, endedAt, trigger, replay, reused, jobs, adopted } = run;
  const jobTexts = jobs.map((job) => (adopted.includes(job) ? `${job} (adopted)` : job));
  const facts: [name: string, value: string | undefined][] = [
    ['Temporal run', runId],
    ['started', `${momentText(startedAt)} by ${trigger}`],
    ['ended', endedAt && momentText(endedAt)],
    ['reason', replay?.reason],
    ['from step', replay?.from],
    ['reused', reused.length > 0 ? reused.join(', ') : undefined],
    ['jobs', jobs.length > 0 ? jobTexts.join(', ') : undefined],
  ];
  const title = index === 0 && !replay ? 'first run' : `replay ${index}`;
  return [
    `${paint('bold', title)}: ${status}`,
    ...facts.flatMap(([name, value]) => (value === undefined ? [] : [`  ${name.padEnd(14)}${oneLine(value)}`])),
  ];
}
