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

/** No worker answers for a run, or none could, although Temporal itself can be reached: it may be asked again. */
export class NoWorkerError extends Error {
  override readonly name = 'NoWorkerError';
}
