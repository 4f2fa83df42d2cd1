import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { expect, inject, test } from 'vitest';
import { findSecrets } from './secrets.ts';

const LOG_URI = 'https://logs.example/1.log?X-Amz-Credential=x&X-Amz-Signature=y';

test('the search at the end of the suite finds a secret in a log and in a history', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'nightscore-secrets-'));
  await writeFile(join(folder, 'worker.log'), `{"msg":"see ${LOG_URI}"}\n`);
  // The history is removed again, or the search at the end would find it.
  const connection = await Connection.connect({ address: inject('temporalAddress') });
  const { workflow, workflowService } = new Client({ connection });
  const workflowId = `leaky-${randomUUID()}`;
  await workflow.start('nothing', { workflowId, taskQueue: workflowId, args: [{ uri: LOG_URI }] });
  const found = () => findSecrets({ folder, temporalAddress: inject('temporalAddress') });
  await expect
    .poll(async () => (await found()).found.join('\n'), { timeout: 20_000 })
    .toMatch(new RegExp(`worker.log holds[^]*history of ${workflowId} holds`));
  await workflowService.deleteWorkflowExecution({ namespace: 'default', workflowExecution: { workflowId } });
  await expect.poll(async () => (await found()).found.join('\n'), { timeout: 20_000 }).not.toContain(workflowId);
  await connection.close();
  await rm(folder, { recursive: true });
});
