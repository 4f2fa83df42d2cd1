import { userInfo } from 'node:os';

/** Who asks by this command, for people. */
export function askedBy(): string {
  try {
    return `cli (${userInfo().username})`;
  } catch {
    // A container may run under a user id that has no name.
    return 'cli (unknown user)';
  }
}
