import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import { Worker } from '@temporalio/worker';
import { pino } from 'pino';
import { expect, inject, test } from 'vitest';
import { installRuntime } from '../../src/worker.ts';

installRuntime(pino({ enabled: false }));

const FOLDER = 'test/histories';

const files = (await readdir(FOLDER, { recursive: true })).filter((file) => file.endsWith('.json'));

test.each(files)('a run recorded as %s goes on under this code', async (file) => {
  const history = historyFromJSON(JSON.parse(await readFile(join(FOLDER, file), 'utf8')));
  // As `test/histories/record.ts` names its runs.
  const runKey = `${basename(file, '.json')}/2026-11-20`;
  const options = { workflowBundle: { codePath: inject('workflowBundle') } };
  await expect(Worker.runReplayHistory(options, history, runKey)).resolves.toBeUndefined();
});
