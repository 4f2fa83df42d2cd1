import type { RunReport, StepReport } from '../pipeline/report.ts';

/** Temporal keeps at most 20 KB of details. */
const MAX_ROWS = 100;

/** The run as a small Markdown table, for Temporal's web UI. */
export function detailsTable({ steps, outcome }: RunReport): string {
  const entries = Object.entries(steps);
  const rows = entries.slice(0, MAX_ROWS).map(([id, step]) => row(id, step));
  const more = entries.length > MAX_ROWS ? [`\n${entries.length - MAX_ROWS} more steps`] : [];
  return [
    `**${outcome ?? 'running'}**\n`,
    '| step | uses | state | job |',
    '| --- | --- | --- | --- |',
    ...rows,
    ...more,
  ].join('\n');
}

function row(id: string, { uses, state, outcome, job }: StepReport): string {
  return `| ${id} | ${uses} | ${outcome ?? state} | ${job?.id ?? ''} |`;
}
