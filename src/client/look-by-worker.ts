import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';

/** How long a worker may take to look, in milliseconds. */
const LOOK_TIMEOUT_MS = 20_000;

/** A workflow that looks at something, and changes nothing. */
type Look = (what: never) => Promise<unknown>;

/**
 * Lets a worker look at AWS, by a workflow: the client may have no access to it. Rejects when none has looked in time.
 *
 * @param type of the workflow
 * @param run the run key that it is about, for people
 */
export async function lookByWorker<Type extends Look>(
  client: Client,
  taskQueue: string,
  type: string,
  run: string,
  what: Parameters<Type>[0],
): Promise<Awaited<ReturnType<Type>>> {
  const look = () =>
    client.workflow.execute(type, {
      workflowId: `${type}:${run}:${randomUUID()}`,
      taskQueue,
      args: [what],
      workflowExecutionTimeout: LOOK_TIMEOUT_MS,
    });
  return (await client.withDeadline(Date.now() + LOOK_TIMEOUT_MS, look)) as Awaited<ReturnType<Type>>;
}
