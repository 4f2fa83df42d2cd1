import { readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import { Worker } from '@temporalio/worker';
import { pino } from 'pino';
import { expect, inject, test } from 'vitest';
import { installRuntime } from '../../src/worker.ts';

installRuntime(pino({ enabled: false }));

const FOLDER = 'test/histories';

const files = (await readdir(FOLDER, { recursive: true })).filter((file) => file.endsWith('.json'));

/** Replays a recorded run with a bundle of the workflows. Rejects where the code would do something else than the history says. */
async function replay(file: string, codePath: string): Promise<void> {
  const history = historyFromJSON(JSON.parse(await readFile(join(FOLDER, file), 'utf8')));
  const workflowId = history.events?.[0]?.workflowExecutionStartedEventAttributes?.workflowId;
  await Worker.runReplayHistory({ workflowBundle: { codePath } }, history, workflowId ?? undefined);
}

test.each(files)('a run recorded as %s goes on under this code', async (file) => {
  await expect(replay(file, inject('workflowBundle'))).resolves.toBeUndefined();
});

test('an incompatible change of the code is caught', async () => {
  const bundle = await readFile(inject('workflowBundle'), 'utf8');
  const changed = bundle.replaceAll('activities.startJob(', 'activities.findStartedJob(');
  expect(changed).not.toBe(bundle);
  const codePath = join(dirname(inject('workflowBundle')), 'incompatible-bundle.js');
  await writeFile(codePath, changed);
  await expect(replay('0.1.0/succeeded.json', codePath)).rejects.toThrow(/[Nn]ondeterminism/);
});
