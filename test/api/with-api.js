/**
 * Runs a command beside a local Temporal server, the simulator, a worker and the API, and exits as it does. Needs a built command. The command finds them by
 * TEMPORAL_ADDRESS, NIGHTSCORE_TASK_QUEUE, NIGHTSCORE_API (its URL) and NIGHTSCORE_TOKEN (which may do everything).
 *
 *   node test/api/with-api.js COMMAND [ARGUMENT...]
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@temporalio/client';
import { pino } from 'pino';
import { stringify } from 'yaml';
import { EXAMPLE_PIPELINES } from '../../lib/cli/local/packaged-examples.js';
import { startLocalStack } from '../../lib/cli/local/stack.js';
import { SCOPES } from '../../lib/server/callers.js';
import { startServer } from '../../lib/server/server.js';
import { createToken, readTokens } from '../../lib/server/tokens.js';
import { readSettings } from '../../lib/settings.js';
import { connectClient } from '../../lib/temporal/connection.js';
import { findServerBinary } from '../../lib/temporal/server-binary.js';

const [command = '', ...args] = process.argv.slice(2);
const folder = await mkdtemp(join(tmpdir(), 'nightscore-with-api-'));
const log = pino({ level: 'warn' }, pino.destination({ dest: 2, sync: true }));
const settings = readSettings({ NIGHTSCORE_PIPELINES: EXAMPLE_PIPELINES, NIGHTSCORE_POLL_INTERVAL: '1s' });
const stack = await startLocalStack({
  temporal: { dataFile: join(folder, 'temporal.db'), namespace: 'default', port: 0, uiPort: 0 },
  aws: { folder: join(folder, 'simulator'), port: 0, speed: 600 },
  settings,
  log,
  signal: new AbortController().signal,
});
try {
  const connection = await connectClient(stack.temporal);
  const { token, entry } = createToken({ name: 'tests', scopes: [...SCOPES], pipelines: ['*'] });
  const file = join(folder, 'tokens.yaml');
  await writeFile(file, stringify({ tokens: [entry] }));
  const tokens = await readTokens(file);
  const server = await startServer({
    host: '127.0.0.1',
    port: 0,
    temporal: new Client({ connection }),
    taskQueue: settings.taskQueue,
    pipelinesFolder: settings.pipelinesFolder,
    callerOf: (given) => tokens.callerOf(given ?? ''),
    rate: 100_000,
    version: '0.0.0',
    log,
  });
  const env = {
    ...process.env,
    TEMPORAL_ADDRESS: stack.temporal.address.value,
    TEMPORAL_COMMAND: await findServerBinary(log),
    NIGHTSCORE_TASK_QUEUE: settings.taskQueue,
    NIGHTSCORE_API: server.url,
    NIGHTSCORE_TOKEN: token,
  };
  const [code] = await once(spawn(command, args, { env, stdio: 'inherit' }), 'exit');
  process.exitCode = code ?? 1;
  await server.close();
  await connection.close();
} finally {
  await stack.stop();
  await rm(folder, { recursive: true });
}
