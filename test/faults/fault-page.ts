import { CATALOG } from '../../src/services/catalog.ts';
import type { BatchService } from '../../src/services/service.ts';
import { ENDING_TABLE, type EndingRow } from './ending-table.ts';
import { FAULT_TABLE, MOMENTS } from './fault-table.ts';

const OUTCOMES: Partial<Record<string, string>> = {
  succeeded: '`succeeded`, and one job was paid for',
  rejected: '`rejected`, and there is no job',
  lost: '`lost`, and one job was paid for',
};

/** `docs/faults.md`: what Nightscore is held to. */
export function faultPage(): string {
  const rows = FAULT_TABLE.map(({ moment, faults, outcome }) => {
    const struck = faults.map(({ fault, times }) => `\`${fault}\` ${times === undefined ? 'for ever' : `${times}x`}`);
    return `| ${MOMENTS[moment].says} | ${struck.join(', then ')} | ${OUTCOMES[outcome] ?? outcome} |`;
  });
  return [
    '# Faults and endings',
    '',
    'What may happen to calls of AWS, and what must come of it. Every row is run at every service by `npm run test:faults`, against the ledger of the simulator; the names of the faults are those of',
    '[the simulator](simulator.md#faults). This page is made from the table of the tests: `npm run docs:faults`.',
    '',
    '## Calls',
    '',
    '| when | fault | the step ends |',
    '| --- | --- | --- |',
    ...rows,
    '',
    '## Endings',
    '',
    'How jobs end, and what must come of it. "Running": the job still runs at AWS, and the report says so.',
    '',
    `| what happens | ${services.map(({ name }) => `\`${name}\``).join(' | ')} | jobs |`,
    `| --- | ${services.map(() => '---').join(' | ')} | --- |`,
    ...ENDING_TABLE.map(
      (row) => `| ${row.what} | ${services.map((service) => cell(row, service)).join(' | ')} | ${row.jobs} |`,
    ),
    '',
  ].join('\n');
}

const services = [...CATALOG.values()];

function cell({ where, outcome, running }: EndingRow, { can }: BatchService): string {
  if (where && !where(can)) return '-';
  return `\`${outcome(can)}\`${running(can) ? ', running' : ''}`;
}
