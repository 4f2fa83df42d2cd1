/**
 * A worker for our own workflow, and a client that runs it once. Needs `nightscore dev` in another terminal.
 *
 *   npx tsx examples/own-workflow/run.ts 2026-11-20
 */
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import type { chooseModel } from './workflows.ts';

const taskQueue = 'own-workflow';
const date = process.argv[2] ?? new Date().toISOString().slice(0, 10);
const address = process.env.TEMPORAL_ADDRESS ?? '127.0.0.1:7233';

const worker = await Worker.create({
  connection: await NativeConnection.connect({ address }),
  taskQueue,
  workflowsPath: fileURLToPath(new URL('./workflows.ts', import.meta.url)),
});
const client = new Client({ connection: await Connection.connect({ address }) });

const chosen = await worker.runUntil(
  client.workflow.execute<typeof chooseModel>('chooseModel', {
    workflowId: `choose-model/${date}`,
    taskQueue,
    args: [{ date, models: ['ml-not-there-yet', 'ml-tumor-screening'] }],
  }),
);
console.log(chosen);
process.exit(0);
