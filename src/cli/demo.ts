import { readFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { readSettings } from '../settings.ts';
import { aborted, listenForInterruption } from './process/interruption.ts';
import { runExamples } from './demo/run-examples.ts';
import { startLocalStack } from './local/stack.ts';
import { logTextForPeople } from './process/log.ts';
import { note, print } from './process/output.ts';
import { EXAMPLE_PIPELINES } from './local/packaged-examples.ts';
import { elapsedText } from './view/time-text.ts';

export interface DemoOptions {
  speed: number;
}

/** How the demo's worker differs from one in production: it looks at the short simulated jobs more often, and tells their progress sooner. */
const DEMO_SETTINGS = {
  NIGHTSCORE_PIPELINES: EXAMPLE_PIPELINES,
  NIGHTSCORE_POLL_INTERVAL: '1s',
  NIGHTSCORE_PROGRESS_INTERVAL: '1s',
};

const LOG_LINES_SHOWN = 20;

/** `nightscore demo`: the three example pipelines from start to result, on this machine only. Leaves nothing behind. */
export async function demo({ speed }: DemoOptions): Promise<void> {
  const signal = listenForInterruption();
  const startedAt = Date.now();
  const folder = await mkdtemp(join(tmpdir(), 'nightscore-demo-'));
  const logFile = join(folder, 'demo.log');
  try {
    await runIn(folder, logFile, speed, signal);
  } catch (error) {
    if (!signal.aborted) await showEndOfLog(logFile);
    throw error;
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
  print(`\nEverything succeeded, in ${elapsedText(Date.now() - startedAt)} in all, and was stopped and removed again.`);
  print('Next: `npx nightscore dev` stays up for pipelines of your own.');
}

async function runIn(folder: string, logFile: string, speed: number, signal: AbortSignal): Promise<void> {
  print('Three pipelines at three simulated AWS services, run by a local Temporal server and one worker.');
  print('Starting them … The first time of all, this fetches the Temporal server (44 MB).');
  const settings = readSettings(DEMO_SETTINGS);
  const stack = await startLocalStack({
    temporal: { dataFile: join(folder, 'temporal.db'), namespace: 'default', port: 0, uiPort: 0 },
    aws: { folder: join(folder, 'simulator'), port: 0, speed },
    settings,
    log: pino({ level: settings.logLevel }, pino.destination({ dest: logFile, sync: true })),
    signal,
  });
  try {
    const interrupted = aborted(signal).then(() => Promise.reject(signal.reason as Error));
    await Promise.race([runExamples(stack, settings, signal), stack.failed, interrupted]);
  } finally {
    await stack.stop();
  }
}

/** The log is removed with the folder, so what it says of a failure must be shown now. */
async function showEndOfLog(logFile: string): Promise<void> {
  const log = await readFile(logFile, 'utf8').catch(() => '');
  const lines = log.trimEnd().split('\n').slice(-LOG_LINES_SHOWN);
  if (log !== '') note(`\nThe end of the demo's log:\n${logTextForPeople(lines)}\n`);
}
