import { expect, it } from 'vitest';
import { logTextForPeople } from '../../../src/cli/process/log.ts';

const ENTRY = {
  level: 40,
  time: 1_795_227_531_776,
  pid: 1,
  hostname: 'vm',
  component: 'temporal',
  workflowId: 'churn/2026-11-20',
  run: 'churn/2026-11-20',
  attempt: 1,
  error: 'Access denied',
  msg: 'Step ended',
};

it('shows an entry of a log on one line, with what a person wants to know', () => {
  expect(logTextForPeople([JSON.stringify(ENTRY)])).toMatch(
    /^\[\d\d:\d\d:\d\d\] WARN: Step ended {2}run=churn\/2026-11-20 {2}attempt=1 {2}error=Access denied$/,
  );
});

it('shows where an error came from below its entry', () => {
  const err = {
    type: 'TypeError',
    message: 'x is not a function',
    stack: 'TypeError: x is not a function\n    at there',
  };
  expect(logTextForPeople([JSON.stringify({ ...ENTRY, err })])).toContain('at there');
});

it('keeps a line that is no entry as it is', () => {
  expect(logTextForPeople(['a line of a library'])).toBe('a line of a library');
});
