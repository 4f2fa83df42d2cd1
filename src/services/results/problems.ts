import type { Verification, VerificationProblem } from '../../pipeline/verification.ts';

/** Verifications are kept in a run's history, so they stay small whatever the results look like. */
const MAX_PROBLEMS = 20;
const MAX_LINES = 10;

/** Collects what is wrong with result files: one problem for each file and kind, with its first lines. */
export class Problems {
  readonly #problems = new Map<string, VerificationProblem>();

  /** A problem of a whole file. The text must never hold what stands in a row. */
  ofFile(file: string, what: string): void {
    this.#find(file, what);
  }

  /** A problem of one line, counted from 1 in the unpacked file. The text must be the same for every line that has it. */
  ofLine(file: string, what: string, line: number): void {
    const problem = this.#find(file, what);
    if (!problem) return;
    problem.count = (problem.count ?? 0) + 1;
    problem.lines ??= [];
    if (problem.lines.length < MAX_LINES) problem.lines.push(line);
  }

  get all(): Verification['problems'] {
    return [...this.#problems.values()];
  }

  #find(file: string, what: string): VerificationProblem | undefined {
    const key = `${file}\n${what}`;
    const known = this.#problems.get(key);
    if (known || this.#problems.size >= MAX_PROBLEMS) return known;
    const problem: VerificationProblem = { file, what };
    this.#problems.set(key, problem);
    return problem;
  }
}
