import { described } from '../pipeline/wording.ts';
import type { RunDifference } from './run-differences.ts';

/** There is no run under this key, or Temporal keeps it no longer. */
export class RunNotFoundError extends Error {
  override readonly name = 'RunNotFoundError';
  readonly run: string;

  constructor(run: string) {
    super(
      `There is no run ${run}: it was never started, or Temporal's retention has removed it. See \`nightscore list\`.`,
    );
    this.run = run;
  }
}

/** What was asked for is not right, so nothing was started. `problems` holds one text for each thing to mend. */
export class InvalidInputError extends Error {
  override readonly name = 'InvalidInputError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}

/** The run does not stand so that it can be done now: it still runs, or somebody else was faster. Nothing was started. */
export class RunStateError extends InvalidInputError {}

/** The run exists, and was started with other parameters than those that are asked for. Nothing was changed. */
export class RunDiffersError extends InvalidInputError {
  readonly run: string;
  readonly differences: readonly RunDifference[];

  constructor(run: string, differences: readonly RunDifference[]) {
    super([
      `Run ${run} exists already with other parameters than those asked for; nothing was changed. Ask for another period or key, or for what the run was started with; once it has ended, a replay takes other parameters.`,
      ...differences.map(({ what, run: its, asked }) => `${what}: ${shown(its)} in the run, ${shown(asked)} asked for`),
    ]);
    this.run = run;
    this.differences = differences;
  }
}

function shown(value: unknown): string {
  return value === undefined ? 'none' : described(value);
}

/** No worker answers for a run, or none could, although Temporal itself can be reached: it may be asked again. */
export class NoWorkerError extends Error {
  override readonly name = 'NoWorkerError';
}
