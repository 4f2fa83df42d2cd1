import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { loadPipelineFile, pipelineFiles } from '../pipeline-files.ts';
import { readSettings, SettingsError } from '../settings.ts';
import { startLocalApi, type LocalApi } from './local/api.ts';
import { awsOfUser } from './local/aws-environment.ts';
import { temporalOfUser } from './local/own-temporal.ts';
import { EXAMPLE_PIPELINES } from './local/packaged-examples.ts';
import { assertPortIsFree } from './local/ports.ts';
import { startLocalStack, type LocalStackOptions } from './local/stack.ts';
import { aborted, listenForInterruption } from './process/interruption.ts';
import { createLog } from './process/log.ts';
import { note, print } from './process/output.ts';
import { hostAndPort } from '../temporal/connection-settings.ts';
import { probe } from '../temporal/tcp-probe.ts';
import { devBanner } from './view/dev-banner.ts';

export interface DevOptions {
  port: number;
  uiPort: number;
  simulatorPort: number;
  apiPort: number;
  speed: number;
  data: string;
}

const PROBE_LIMIT_MS = 5_000;

/** Simulated jobs are short, so `dev` looks at them more often than a worker in production. */
const DEV_SETTINGS = {
  NIGHTSCORE_POLL_INTERVAL: '1s',
  NIGHTSCORE_PROGRESS_INTERVAL: '2s',
  NIGHTSCORE_HEARTBEAT_TIMEOUT: '15s',
};

/** `nightscore dev`: everything on this machine, until Ctrl-C. What was running then goes on at the next `dev`. */
export async function dev(options: DevOptions): Promise<void> {
  const signal = listenForInterruption();
  const settings = readSettings({ ...DEV_SETTINGS, ...withPipelines(process.env) });
  const example = await startableOf(await pipelineFiles(settings.pipelinesFolder));
  const temporal = await temporalFor(options);
  await assertPortIsFree({ port: options.apiPort, option: '--api-port' });
  const { own, ignored } = awsOfUser(process.env);
  const aws = own ? { own } : await simulatorFor(options);
  note('Starting …');
  const log = createLog(settings.logLevel);
  const stack = await startLocalStack({ temporal, aws, settings, log, signal });
  let api: LocalApi | undefined;
  try {
    api = await startLocalApi({ port: options.apiPort, temporal: stack.temporal, settings, log });
    const { data, speed } = options;
    const isOwn = { temporal: 'own' in temporal, aws: 'own' in aws };
    print(
      devBanner({
        stack,
        api: api.url,
        settings,
        ...(example !== undefined && { example }),
        data,
        speed,
        isOwn,
        ignored,
      }).join('\n'),
    );
    await Promise.race([aborted(signal), stack.failed]);
    note('\nStopping … what runs now goes on at the next `nightscore dev`.');
  } finally {
    await api?.stop();
    await stack.stop();
  }
}

/** The first pipeline that starts by its name alone, of these files; any when there is none. */
async function startableOf(files: readonly string[]): Promise<string | undefined> {
  for (const file of files) {
    const definition = await loadPipelineFile(file).catch(() => undefined);
    const needs = Object.values(definition?.params ?? {}).some((param) => param.default === undefined);
    if (definition && definition.period !== 'none' && !needs) return file;
  }
  return files[0];
}

/** The environment, with the folder of the packaged examples where the user has none of his own. */
function withPipelines(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const own = environment['NIGHTSCORE_PIPELINES'] || existsSync(readSettings({}).pipelinesFolder);
  return own ? environment : { ...environment, NIGHTSCORE_PIPELINES: EXAMPLE_PIPELINES };
}

async function temporalFor({ port, uiPort, data }: DevOptions): Promise<LocalStackOptions['temporal']> {
  const { own, namespace } = temporalOfUser(process.env);
  if (own) {
    const { host, port: its } = hostAndPort(own.address);
    if ((await probe(host, its, PROBE_LIMIT_MS)) !== undefined) {
      const { value, source } = own.address;
      throw new SettingsError(
        `Nobody listens at ${value} (from ${source}), and \`dev\` starts a Temporal of its own only where no address is given: unset ${source}. With --port ${its} it listens there.`,
      );
    }
    note(`Using the Temporal at ${own.address.value} (from ${own.address.source}) instead of starting one.`);
    return { own };
  }
  await assertPortIsFree({ port, option: '--port' });
  await assertPortIsFree({ port: uiPort, option: '--ui-port' });
  return { dataFile: join(data, 'temporal.db'), namespace, port, uiPort };
}

async function simulatorFor({ simulatorPort, speed, data }: DevOptions): Promise<LocalStackOptions['aws']> {
  await assertPortIsFree({ port: simulatorPort, option: '--simulator-port' });
  return { folder: join(data, 'simulator'), port: simulatorPort, speed };
}
