import { WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';

/** What a workflow that has ended failed of, for a person; nothing where it did not fail. */
export async function failureOf(handle: WorkflowHandle): Promise<{ error?: string }> {
  try {
    await handle.result();
    return {};
  } catch (error) {
    if (error instanceof WorkflowFailedError) return { error: error.cause?.message ?? error.message };
    throw error;
  }
}
