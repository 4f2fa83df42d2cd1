import type { RunOutcome } from '../../pipeline/outcome.ts';

/** What the command's exit code says. A command that a signal ends early exits with 128 and the signal's number, as programs do. */
export const EXIT_CODES = {
  succeeded: 0,
  failed: 1,
  invalid: 2,
  cancelled: 3,
  unreachable: 4,
} as const;

type ExitCode = (typeof EXIT_CODES)[keyof typeof EXIT_CODES];

/** The same for people. */
export const EXIT_CODE_MEANINGS: Readonly<Record<ExitCode, string>> = {
  0: 'succeeded',
  1: 'failed',
  2: 'usage or invalid input; nothing was started',
  3: 'the run was cancelled',
  4: 'Temporal cannot be reached, or not be used as it is set up',
};

/** The table with which each `--help` ends. */
export const EXIT_CODES_TEXT = [
  'Exit codes:',
  ...Object.entries(EXIT_CODE_MEANINGS).map(([code, meaning]) => `  ${code}  ${meaning}`),
].join('\n');

/** The exit code of a command that waited for a run to end. */
export function exitCodeOf(outcome: RunOutcome): ExitCode {
  return EXIT_CODES[outcome];
}
