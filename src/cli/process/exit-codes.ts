import type { RunOutcome } from '../../pipeline/outcome.ts';

/** What the command's exit code says. A command that a signal ends early exits with 128 and the signal's number, as programs do. */
export const EXIT_CODES = {
  succeeded: 0,
  failed: 1,
  invalid: 2,
  cancelled: 3,
  unreachable: 4,
} as const;

export type ExitCode = (typeof EXIT_CODES)[keyof typeof EXIT_CODES];

/** The same table for people; each subcommand's `--help` ends with it. */
export const EXIT_CODES_TEXT = `Exit codes:
  0  succeeded
  1  failed
  2  usage or invalid input; nothing was started
  3  the run was cancelled
  4  Temporal cannot be reached, or does not know the namespace`;

/** The exit code of a command that waited for a run to end. */
export function exitCodeOf(outcome: RunOutcome): ExitCode {
  return EXIT_CODES[outcome];
}
