import type { ChaosResult } from './run-chaos.ts';

/** What happened, in lines for a person. */
export function summaryLines({ reports, truth, events, seconds }: ChaosResult): string[] {
  const steps = reports.flatMap((report) => Object.values(report.steps));
  const { workerKills, temporalKills, cuts, connectionsCut } = events;
  const struck = truth.calls.filter(({ fault }) => fault !== undefined).length;
  const created = truth.calls.filter(({ effect }) => effect === 'created').length;
  const rows: [string, string][] = [
    ['duration', `${seconds.toFixed(0)} s`],
    ['replays', String(reports.filter(({ run }) => run.replay).length)],
    ['runs', counted(reports.map(({ outcome }) => outcome ?? 'not ended'))],
    ['steps', counted(steps.map(({ outcome }) => outcome ?? 'not ended'))],
    ['kills', `${workerKills} of workers, ${temporalKills} of the Temporal server`],
    ['cuts', `${cuts}, of ${connectionsCut} connections`],
    ['creates', `${created} jobs created, ${truth.jobs.length} jobs there`],
    ['calls', `${truth.calls.length}, ${struck} of them struck by a fault`],
  ];
  return rows.map(([name, value]) => `${name.padEnd(10)} ${value}`);
}

function counted(names: readonly string[]): string {
  const kinds = [...new Set(names)].sort();
  return kinds.map((kind) => `${names.filter((name) => name === kind).length} ${kind}`).join(', ');
}
