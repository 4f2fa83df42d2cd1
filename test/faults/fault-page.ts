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
    '# Faults',
    '',
    'What may happen to calls of AWS, and what must come of it. Every row is run at every service by `npm test`, against the ledger of the simulator; the names of the faults are those of',
    '[the simulator](simulator.md#faults). This page is made from the table of the tests: `npm run docs:faults`.',
    '',
    '| when | fault | the step ends |',
    '| --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}
