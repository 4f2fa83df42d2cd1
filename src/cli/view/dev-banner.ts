import { basename, extname, relative } from 'node:path';
import { readSettings, type Settings } from '../../settings.ts';
import type { LocalStack } from '../local/stack.ts';
import { EXAMPLE_PIPELINES } from '../local/packaged-examples.ts';

export interface DevFacts {
  stack: Pick<LocalStack, 'temporal' | 'webUi' | 'endpoint' | 'region'>;
  /** Address of the HTTP API. */
  api: string;
  settings: Pick<Settings, 'pipelinesFolder' | 'taskQueue'>;
  /** A pipeline file to try. */
  example?: string;
  /** Folder of what `dev` keeps. */
  data: string;
  /** Simulated seconds per second. */
  speed: number;
  /** What was not started, because the user has one that runs. */
  isOwn: { temporal: boolean; aws: boolean };
  /** Variables of AWS endpoints that are not used. */
  ignored: readonly string[];
}

/** What a person wants to know once `dev` is ready: where things are, and what to type next. */
export function devBanner(facts: DevFacts): string[] {
  const rows = [
    ['Temporal', temporalText(facts)],
    ['Web UI', facts.stack.webUi],
    [facts.isOwn.aws ? 'AWS' : 'Simulator', awsText(facts)],
    ['API', `${facts.api}/docs`],
    ['Ignored', ignoredText(facts)],
    ['Data', facts.isOwn.temporal && facts.isOwn.aws ? undefined : shortest(facts.data)],
    ['Pipelines', pipelinesText(facts)],
  ].flatMap(([name = '', value]) => (value === undefined ? [] : [`  ${name.padEnd(13)}${value}`]));
  const command = [...variablesText(facts), 'npx nightscore'].join(' ');
  return [
    '',
    ...rows,
    '',
    'In another terminal:',
    `  ${command} start ${exampleText(facts)} --wait`,
    `  ${command} list`,
    '',
    'No AWS account is called. Ctrl-C stops what was started here, and loses nothing.',
    '',
  ];
}

function temporalText({ stack: { temporal }, isOwn }: DevFacts): string {
  const { address, namespace } = temporal;
  return isOwn.temporal ? `${address.value} (from ${address.source}), namespace ${namespace.value}` : address.value;
}

function awsText({ stack: { endpoint, region }, isOwn, speed }: DevFacts): string {
  return isOwn.aws
    ? `${endpoint} (from AWS_ENDPOINT_URL) in ${region}`
    : `${endpoint}, ${speed} times as fast as real jobs`;
}

function ignoredText({ ignored }: DevFacts): string | undefined {
  if (ignored.length === 0) return undefined;
  return `${ignored.join(', ')}; \`dev\` uses only an AWS_ENDPOINT_URL on this machine`;
}

function pipelinesText({ settings: { pipelinesFolder } }: DevFacts): string {
  return `${shortest(pipelinesFolder)}${pipelinesFolder === EXAMPLE_PIPELINES ? ' (the examples, as there is no ./pipelines)' : ''}`;
}

/** What the other commands must be told because it is not the default. */
function variablesText({ stack: { temporal }, settings }: DevFacts): string[] {
  const used = [
    ['TEMPORAL_ADDRESS', temporal.address.value, '127.0.0.1:7233'],
    ['TEMPORAL_NAMESPACE', temporal.namespace.value, 'default'],
    ['NIGHTSCORE_TASK_QUEUE', settings.taskQueue, readSettings({}).taskQueue],
  ];
  return used.flatMap(([name, value, standard]) => (value === standard ? [] : [`${name}=${value}`]));
}

/** A pipeline to start: by its name where the other commands look for it, else by its file. */
function exampleText({ example: file, settings: { pipelinesFolder } }: DevFacts): string {
  if (file === undefined) return 'PIPELINE';
  return pipelinesFolder === readSettings({}).pipelinesFolder ? basename(file, extname(file)) : shortest(file);
}

/** A path as it is shortest from here. */
function shortest(path: string): string {
  const fromHere = relative('', path);
  return fromHere !== '' && fromHere.length < path.length ? fromHere : path;
}
