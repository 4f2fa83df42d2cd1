import { CancellationScope } from '@temporalio/workflow';

/** How long a service may take to stop a job, and we to find out what became of it, before we say that it still runs. */
export const STOP_TIMEOUT_MS = 15 * 60_000;

/** The action's result, or nothing when it takes longer. */
export async function within<T>(limitMs: number, action: () => Promise<T>): Promise<T | undefined> {
  const scope = new CancellationScope({ cancellable: true, timeout: limitMs });
  try {
    return await scope.run(action);
  } catch (error) {
    if (scope.consideredCancelled) return undefined;
    throw error;
  }
}
