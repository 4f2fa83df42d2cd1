import { setTimeout as delay } from 'node:timers/promises';
import pMap from 'p-map';
import { InvalidInputError, RunNotFoundError } from '../../client/errors.ts';
import type { NightscoreClient } from '../../client/nightscore-client.ts';
import type { RunSummary } from '../../client/run-summary.ts';
import { isNothingToDo } from '../../pipeline/replay-plan.ts';
import { EXIT_CODES } from '../process/exit-codes.ts';
import { listenForInterruption } from '../process/interruption.ts';
import { note, print, printJson } from '../process/output.ts';
import type { ReplayCommandOptions } from '../replay.ts';
import { withNightscore } from '../runs/connect.ts';
import { paintFor } from '../view/paint.ts';
import { previewLines, resultLines, runsText, type Preview, type Replayed } from '../view/replays-lines.ts';
import { openBatch, type Batch } from './batch.ts';
import { isConfirmed, jobsText } from './confirmation.ts';
import { definitionsFor } from './definitions.ts';

/** How many runs are asked at once what they have done. */
const PLANS_AT_ONCE = 8;
const WAIT_INTERVAL_MS = 1_000;

/** What is worth a replay, unless the filter says something else. */
const ENDED_WITHOUT_SUCCESS = 'outcome=failed,cancelled,terminated,timed-out';

interface Replays {
  client: NightscoreClient;
  batch: Batch;
  options: ReplayCommandOptions;
  definitions: ReturnType<typeof definitionsFor>;
  signal: AbortSignal;
}

/**
 * Replays every run that a filter matches: a preview over all, one question, then one start after another at a steady rate. A command that was
 * interrupted goes on where it was when it is given again.
 */
export async function replayMany(where: string, options: ReplayCommandOptions, trigger: string): Promise<void> {
  const signal = listenForInterruption();
  const definitions = definitionsFor(options);
  await withNightscore(async ({ client }) => {
    const replays: Replays = { client, batch: await openBatch(where), options, definitions, signal };
    const previews = await preview(replays, where);
    const chosen = previews.filter(({ problem }) => problem === undefined);
    if (!options.json) print(previewLines(previews, paintFor(process.stdout)).join('\n'));
    const paysAgain = chosen.reduce((sum, one) => sum + one.paysAgain, 0);
    const isWanted = chosen.length > 0 && !options.dryRun;
    if (!isWanted) return options.json ? printJson({ where, runs: previews }) : undefined;
    const question = `Replay ${runsText(chosen.length)}, and pay for ${jobsText(paysAgain)} again?`;
    if (!(await isConfirmed(question, paysAgain, options))) return;
    const results = await startAll(replays, previews, trigger);
    if (options.wait) await untilEnded(replays, results);
    if (options.json) printJson({ where, runs: results });
    else print(['', ...resultLines(results)].join('\n'));
    const isGood = results.every(
      ({ problem, outcome }) => problem === undefined && (outcome ?? 'succeeded') === 'succeeded',
    );
    if (!isGood) process.exitCode = EXIT_CODES.failed;
  });
}

async function preview(replays: Replays, where: string): Promise<Preview[]> {
  const { client, batch, options, signal } = replays;
  const isAboutOutcome = /(?:^|\s)outcome=/.test(where);
  const runs: RunSummary[] = [];
  for await (const run of client.list({ where: isAboutOutcome ? where : `${where} ${ENDED_WITHOUT_SUCCESS}` })) {
    runs.push(run);
    if (runs.length <= options.limit) continue;
    throw new InvalidInputError([
      `${JSON.stringify(where)} matches more than ${runsText(options.limit)}: say more of them, or raise --limit. Nothing was started.`,
    ]);
  }
  if (batch.isResumed) note('Going on with the replays of the same command that was interrupted.');
  const previewOne = async (run: RunSummary): Promise<Preview> => {
    signal.throwIfAborted();
    return previewOf(run, replays);
  };
  return pMap(runs, previewOne, { concurrency: PLANS_AT_ONCE });
}

async function previewOf(
  { id: run, runId: of, status, replay }: RunSummary,
  { client, batch, definitions }: Replays,
): Promise<Preview> {
  const unplanned: Preview = { run, of, status, paysAgain: 0, actions: {}, warnings: [] };
  if (replay?.batch === batch.id) return { ...unplanned, problem: 'replayed already by this command' };
  try {
    const { steps, paysAgain, warnings } = await client.planReplay({
      run,
      ...(await definitions(run)),
      inspect: false,
    });
    for (const { action } of steps) unplanned.actions[action] = (unplanned.actions[action] ?? 0) + 1;
    return {
      ...unplanned,
      paysAgain,
      warnings,
      ...(isNothingToDo(steps) && { problem: 'nothing to replay: every step can be reused' }),
    };
  } catch (error) {
    return { ...unplanned, problem: problemOf(error) };
  }
}

/** Starts the replays, and gives what became of each run; those that were left out already have their problem. */
async function startAll(replays: Replays, previews: readonly Preview[], trigger: string): Promise<Replayed[]> {
  const { batch, options, signal } = replays;
  const results: Replayed[] = [];
  await batch.begin();
  try {
    for (const { run, of, problem } of previews) {
      if (problem === undefined) await delay(1000 / options.rate, undefined, { signal });
      results.push(problem === undefined ? await startOne(run, of, trigger, replays) : { run, problem });
    }
  } catch (error) {
    if (signal.aborted) {
      const started = results.filter(({ runId }) => runId !== undefined).length;
      note(
        `\n${runsText(started)} replayed before the interruption. Give the same command again to go on with the others.`,
      );
      throw signal.reason;
    }
    throw error;
  }
  await batch.end();
  return results;
}

async function startOne(run: string, of: string, trigger: string, replays: Replays): Promise<Replayed> {
  const { client, batch, options, definitions } = replays;
  const { reason } = options;
  try {
    const told = { trigger, of, batch: batch.id, ...(reason !== undefined && { reason }) };
    const { runId } = await client.replay({ run, ...(await definitions(run)), ...told });
    return { run, runId };
  } catch (error) {
    return { run, problem: problemOf(error) };
  }
}

/** Notes how each replay ends. */
async function untilEnded({ client, signal }: Replays, results: Replayed[]): Promise<void> {
  for (const result of results) {
    while (result.runId !== undefined && result.outcome === undefined) {
      const { outcome } = await client.get(result.run);
      if (outcome !== undefined) result.outcome = outcome;
      else await delay(WAIT_INTERVAL_MS, undefined, { signal });
    }
  }
}

/** Why one run cannot be replayed; what concerns all of them is thrown. */
function problemOf(error: unknown): string {
  if (error instanceof InvalidInputError || error instanceof RunNotFoundError) return error.message;
  throw error;
}
