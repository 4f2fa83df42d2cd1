import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/**
 * Runs a program to its end.
 *
 * @returns what it wrote to standard output
 * @throws Error that says for a person why it did not succeed, in the program's own last words if it had any
 */
export async function runProgram(program: string, args: string[], timeoutMs: number): Promise<string> {
  try {
    return (await promisify(execFile)(program, args, { timeout: timeoutMs })).stdout;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new Error(reason(program, error, timeoutMs), { cause: error });
  }
}

function reason(program: string, error: Error, timeoutMs: number): string {
  if ('code' in error && error.code === 'ENOENT') return `${program} is not installed`;
  if ('killed' in error && error.killed === true) return `${program} took longer than ${timeoutMs / 1000} s`;
  const words = 'stderr' in error ? String(error.stderr).trim() : '';
  return words === '' ? error.message : (words.split('\n').at(-1) ?? words);
}
