import { InvalidInputError } from '../client/errors.ts';
import type { StartResult } from '../client/nightscore-client.ts';
import type { Params, PipelineDefinition } from '../pipeline/definition.ts';
import { runKey } from '../pipeline/run-key.ts';
import { findPipeline, loadPipelineFile } from '../pipeline-files.ts';
import { prepareRun } from '../prepare-run.ts';
import { readSettings } from '../settings.ts';
import { askedBy } from './runs/asked-by.ts';
import { withNightscore, type ConnectedNightscore } from './runs/connect.ts';
import { print, printJson } from './process/output.ts';
import { chosenKey } from '../client/run-period.ts';
import { givenParams } from './runs/given-params.ts';
import { waitForRun } from './runs/wait-for-run.ts';

export interface StartOptions {
  date?: string;
  key?: string;
  param?: string[];
  wait?: true;
  json?: true;
}

/** `nightscore start`: checks everything here, so that nothing is started when anything is wrong; then starts the definition as it is now. */
export async function start(pipeline: string, options: StartOptions): Promise<void> {
  const definition = await loadPipelineFile(await findPipeline(pipeline, readSettings().pipelinesFolder));
  const key = chosenKey(definition, options, new Date());
  const params = checkedParams(definition, key, options.param ?? []);
  await withNightscore(async (nightscore) => {
    const { client } = nightscore;
    const result = await client.start({ pipeline: definition, key, params, trigger: askedBy() });
    if (!options.json) print(await startText(nightscore, result));
    if (options.wait) await waitForRun(client, result.run, options);
    else if (options.json) printJson({ ...result, status: await statusOf(nightscore, result) });
  });
}

/** The given parameters by their types; throws when they, or the run as a whole, are not right. */
function checkedParams(definition: PipelineDefinition, key: string, texts: readonly string[]): Params {
  runKey(definition.name, key);
  const given = givenParams(definition, texts);
  const prepared = prepareRun(definition, key, given);
  if (prepared.problems) throw new InvalidInputError(prepared.problems);
  return given;
}

async function startText(nightscore: ConnectedNightscore, result: StartResult): Promise<string> {
  const { run, started } = result;
  const webPage = await nightscore.webPage(run);
  const what = started
    ? `Started run ${run}.`
    : [
        `Run ${run} exists already (${await statusOf(nightscore, result)}); nothing was changed.`,
        ...definitionLines(result),
      ].join('\n');
  return webPage === undefined ? what : `${what}\nWatch it at ${webPage}\n`;
}

/** A run that exists keeps the definition that it was started with. */
function definitionLines({ definitionDifferences: different = [] }: StartResult): string[] {
  if (different.length === 0) return [];
  const where = different.map(({ what }) => what.replace(/^pipeline\./, ''));
  return [`It goes by an earlier definition than the file has now; they differ in ${where.join(', ')}.`];
}

async function statusOf({ client }: ConnectedNightscore, { run, started }: StartResult): Promise<string> {
  if (started) return 'running';
  const { outcome } = await client.get(run);
  return outcome ?? 'running';
}
