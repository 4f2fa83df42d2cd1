import type { ZodError } from 'zod';

/** All that a schema found wrong with a value, on one line. `whole` names the value itself. */
export function issuesText(error: ZodError, whole: string): string {
  return error.issues.map(({ path, message }) => `${path.join('.') || whole} ${message}`).join('; ');
}
