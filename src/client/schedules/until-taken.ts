import { setTimeout as delay } from 'node:timers/promises';
import type { ScheduleDescription, ScheduleHandle } from '@temporalio/client';

/** How often Temporal is asked for a change, and when it is looked at after each time, in milliseconds. */
const TRIES = 5;
const LOOK_DELAYS_MS = [0, 50, 200, 500] as const;

/** Of two requests that reach a schedule at the same moment Temporal keeps one (seen with 1.32), so we look whether it was this one. */
export async function untilTaken(
  handle: ScheduleHandle,
  { ask, isTaken }: { ask: () => Promise<void>; isTaken: (description: ScheduleDescription) => boolean },
): Promise<void> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    await ask();
    for (const delayMs of LOOK_DELAYS_MS) {
      await delay(delayMs);
      if (isTaken(await handle.describe())) return;
    }
  }
  throw new Error(`Temporal did not take the request to ${handle.scheduleId}; try again.`);
}
