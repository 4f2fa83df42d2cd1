import { createInterface } from 'node:readline/promises';
import { InvalidInputError } from '../../client/errors.ts';
import type { PlannedStep } from '../../pipeline/replay-plan.ts';
import { counted } from '../../pipeline/wording.ts';
import { note } from '../process/output.ts';
import { InterruptedError } from '../process/interruption.ts';

/**
 * Whether to go on with what pays for jobs: asks on a terminal; elsewhere nobody can answer, so it goes on only if it pays for nothing twice.
 * Throws an InvalidInputError where `--yes` is missing.
 */
export async function isConfirmed(question: string, paysAgain: number, options: { yes?: true }): Promise<boolean> {
  if (options.yes) return true;
  if (process.stdin.isTTY && process.stderr.isTTY) return ask(question);
  if (paysAgain === 0) return true;
  throw new InvalidInputError([
    `This would pay for ${counted(paysAgain, 'job')} again, and there is no terminal to ask on: add --yes. Nothing was started.`,
  ]);
}

async function ask(question: string): Promise<boolean> {
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await prompt.question(`${question} [y/N] `).catch((error: unknown) => {
      // Ctrl-C reaches the prompt as a key.
      throw error instanceof Error && error.name === 'AbortError' ? new InterruptedError('SIGINT') : error;
    });
    const isYes = /^y(?:es)?$/i.test(answer.trim());
    if (!isYes) note('Nothing was started.');
    return isYes;
  } finally {
    prompt.close();
  }
}

/** What a replay pays for, as a question has it: nothing where it pays for nothing. */
export function paymentText({ paysAgain, paysFirst }: { paysAgain: number; paysFirst: number }): string {
  const again = paysAgain === 0 ? [] : [`${counted(paysAgain, 'job')} again`];
  const first = paysFirst === 0 ? [] : [counted(paysFirst, 'first job')];
  return [...again, ...first].join(' and ');
}

/** How many steps begin with a first job. */
export function firstJobs(steps: readonly PlannedStep[]): number {
  return steps.filter(({ isFirstJob }) => isFirstJob).length;
}
