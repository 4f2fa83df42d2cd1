import type { BatchService, Capabilities } from '../services/service.ts';
import { usesOverview } from '../uses-overview.ts';
import { print, printJson } from './process/output.ts';
import { tableLines } from './view/table.ts';

/** What each column of the table says of a service. */
const COLUMNS: Record<keyof Capabilities, { heading: string; explanation: string }> = {
  stop: { heading: 'STOP', explanation: 'a running job can be stopped' },
  delete: { heading: 'DELETE', explanation: "a job's record can be deleted" },
  list: { heading: 'LIST', explanation: 'many jobs can be read with one call' },
  progress: { heading: 'PROGRESS', explanation: 'records are counted while the job runs' },
  heartbeat: { heading: 'HEARTBEAT', explanation: 'the service says when it last worked on the job' },
  invalidRecords: { heading: 'INVALID', explanation: 'records that could not be scored are counted' },
};

const CAPABILITIES = Object.keys(COLUMNS) as (keyof Capabilities)[];

/** `nightscore services`: what a step can use, and what each service can do with a job. */
export function services({ json }: { json?: true }): void {
  const { services: known, followUps } = usesOverview();
  if (json) printJson({ services: known, followUps });
  else print([...capabilityLines(known), '', `Follow-ups: ${followUps.join(', ')}`].join('\n'));
}

/** The capability table and the meaning of its columns. */
function capabilityLines(known: readonly Pick<BatchService, 'name' | 'can'>[]): string[] {
  const headings = ['SERVICE', ...CAPABILITIES.map((capability) => COLUMNS[capability].heading)];
  const rows = known.map(({ name, can }) => [
    name,
    ...CAPABILITIES.map((capability) => (can[capability] ? 'yes' : '-')),
  ]);
  const meanings = CAPABILITIES.map((capability) => [COLUMNS[capability].heading, COLUMNS[capability].explanation]);
  return [...tableLines([headings, ...rows], { gap: 1 }), '', ...tableLines(meanings)];
}
