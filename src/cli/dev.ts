import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { readSettings, type Settings } from '../settings.ts';
import { aborted, listenForInterruption } from './process/interruption.ts';
import { startLocalStack, type LocalStack } from './local/stack.ts';
import { createLog } from './process/log.ts';
import { note, print } from './process/output.ts';
import { EXAMPLE_PIPELINES } from './local/packaged-examples.ts';
import { assertPortIsFree } from './local/ports.ts';
import { pipelineFiles } from '../pipeline-files.ts';

export interface DevOptions {
  port: number;
  uiPort: number;
  simulatorPort: number;
  speed: number;
}

/** Where `dev` keeps its data, below the working folder. */
const DATA_FOLDER = '.nightscore';
/** The port of Temporal that the other commands use when nothing is set. */
const DEFAULT_TEMPORAL_PORT = 7233;

/** Simulated jobs are short, so `dev` looks at them more often than a worker in production. */
const DEV_SETTINGS = { NIGHTSCORE_POLL_INTERVAL: '1s', NIGHTSCORE_PROGRESS_INTERVAL: '2s' };

/** `nightscore dev`: everything on this machine, until Ctrl-C. What was running then goes on at the next `dev`. */
export async function dev(options: DevOptions): Promise<void> {
  const signal = listenForInterruption();
  const settings = readSettings({ ...DEV_SETTINGS, ...withPipelines(process.env) });
  await assertPortIsFree({ port: options.port, option: '--port' });
  await assertPortIsFree({ port: options.uiPort, option: '--ui-port' });
  await assertPortIsFree({ port: options.simulatorPort, option: '--simulator-port' });
  const files = await pipelineFiles(settings.pipelinesFolder);
  note('Starting Temporal, the simulator and a worker …');
  const stack = await startLocalStack({
    temporal: { dataFile: join(DATA_FOLDER, 'temporal.db'), port: options.port, uiPort: options.uiPort },
    simulator: { folder: join(DATA_FOLDER, 'simulator'), port: options.simulatorPort, speed: options.speed },
    settings,
    log: createLog(settings.logLevel),
    signal,
  });
  try {
    print(bannerLines(stack, settings, options, files).join('\n'));
    await Promise.race([aborted(signal), stack.failed]);
    note('\nStopping … what runs now goes on at the next `nightscore dev`.');
  } finally {
    await stack.stop();
  }
}

/** The environment, with the folder of the packaged examples where the user has none of his own. */
function withPipelines(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const own = environment['NIGHTSCORE_PIPELINES'] || existsSync(readSettings({}).pipelinesFolder);
  return own ? environment : { ...environment, NIGHTSCORE_PIPELINES: EXAMPLE_PIPELINES };
}

function bannerLines(
  stack: LocalStack,
  settings: Settings,
  { port, speed }: DevOptions,
  files: readonly string[],
): string[] {
  const { pipelinesFolder } = settings;
  const isExample = pipelinesFolder === EXAMPLE_PIPELINES;
  const address = port === DEFAULT_TEMPORAL_PORT ? '' : `TEMPORAL_ADDRESS=${stack.temporal.address.value} `;
  const command = `${address}npx nightscore`;
  return [
    '',
    `  Temporal     ${stack.temporal.address.value}`,
    `  Web UI       ${stack.webUi}`,
    `  Simulator    ${stack.endpoint}, ${speed} simulated seconds per second; no AWS account is called`,
    `  Data         ${DATA_FOLDER}`,
    `  Pipelines    ${shown(pipelinesFolder)}${isExample ? ' (the examples, as there is no ./pipelines)' : ''}`,
    '',
    'In another terminal:',
    `  ${command} start ${files[0] === undefined ? 'PIPELINE' : shown(files[0])} --wait`,
    `  ${command} list`,
    '',
    'Ctrl-C stops everything and loses nothing.',
    '',
  ];
}

/** A path as it is shortest from here. */
function shown(path: string): string {
  const fromHere = relative('', path);
  return fromHere !== '' && fromHere.length < path.length ? fromHere : path;
}
