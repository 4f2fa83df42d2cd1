import { setTimeout as delay } from 'node:timers/promises';
import { InvalidInputError } from '../../client/errors.ts';
import type { NightscoreClient } from '../../client/nightscore-client.ts';
import type { RunSummary } from '../../client/run-summary.ts';
import type { Where } from '../../client/where.ts';
import { EXIT_CODES } from '../process/exit-codes.ts';
import { listenForInterruption } from '../process/interruption.ts';
import { note, print, printJson } from '../process/output.ts';
import type { ReplayCommandOptions } from '../replay.ts';
import { checkedWhere } from '../runs/checked-where.ts';
import { withNightscore } from '../runs/connect.ts';
import { oneLine } from '../view/one-line.ts';
import { paintFor } from '../view/paint.ts';
import { previewLines, resultLines, runsText, type Preview, type Replayed } from '../view/replays-lines.ts';
import { readingColumnsOf } from '../view/terminal-size.ts';
import { clockText, momentText } from '../view/time-text.ts';
import { untilEnded } from './await-replays.ts';
import { openBatch, type Batch } from './batch.ts';
import { isConfirmed, paymentText } from './confirmation.ts';
import { definitionsFor, type Definitions } from './definitions.ts';
import { INSPECTED_AT_MOST, isOfOneRun, previewAll, stepsPaidAgain } from './previews.ts';

/** What is worth a replay, unless the filter says something else. */
const ENDED_WITHOUT_SUCCESS = 'outcome=failed,cancelled,terminated,timed-out';

/** What a command that replays many runs works with. */
export interface Replays {
  client: NightscoreClient;
  /** What the filter says. */
  parsed: Where;
  batch: Batch;
  options: ReplayCommandOptions;
  definitions: Definitions;
  trigger: string;
  signal: AbortSignal;
  /** Tells what has just become of a run. */
  tell: (run: string, what: string) => void;
}

/**
 * Replays every run that a filter matches: a preview over all, one question, then one start after another at a steady rate. A command that was
 * interrupted goes on where it was when it is given again.
 */
export async function replayMany(where: string, options: ReplayCommandOptions, trigger: string): Promise<void> {
  const parsed = await checkedWhere(where);
  const signal = listenForInterruption();
  const definitions = definitionsFor(options);
  const progress = options.json ? process.stderr : process.stdout;
  const tell = (run: string, what: string) => {
    const now = new Date();
    progress.write(`${clockText(now, now)}  ${run}  ${what}\n`);
  };
  await withNightscore(async ({ client }) => {
    const batch = await openBatch(options);
    const replays: Replays = { client, parsed, batch, options, definitions, trigger, signal, tell };
    const runs = await matchingRuns(where, replays);
    const before = await startedBefore(replays);
    if (batch.interrupted) {
      const { beganAt } = batch.interrupted;
      note(
        `Going on with the replays of the same command that was interrupted. It began at ${momentText(beganAt)} and has replayed ${runsText(before.length)}.`,
      );
    }
    if (runs.length > INSPECTED_AT_MOST) {
      note(
        `More than ${runsText(INSPECTED_AT_MOST)}: nobody looks whether the result files to be reused are still there.`,
      );
    }
    const previews = await previewAll(runs, replays);
    if (!options.json && runs.length > 0) {
      const { stdout } = process;
      print(previewLines(previews, { columns: readingColumnsOf(stdout), paint: paintFor(stdout) }).join('\n'));
    }
    if (runs.length === 0 && before.length === 0) await noteRunning(where, replays);
    await carryOut(previews, before, replays);
  });
}

/** Does what the preview says, if it is wanted, and tells what became of each run. */
async function carryOut(previews: readonly Preview[], before: readonly Replayed[], replays: Replays): Promise<void> {
  const { parsed, batch, options, signal } = replays;
  const { where, json } = options;
  const chosen = previews.filter(({ problem }) => problem === undefined);
  const paysAgain = chosen.reduce((sum, one) => sum + one.paysAgain, 0);
  const isLeftOut = previews.some(({ problem, isReplayed }) => problem !== undefined && !isReplayed);
  if (options.dryRun || (chosen.length === 0 && before.length === 0)) {
    if (!options.dryRun) await batch.end();
    if (json) printJson({ where, runs: previews });
    else print(previews.length === 0 ? noMatchText(parsed) : 'Nothing was started.');
    const isBad = options.dryRun ? previews.some(({ isUnreadable }) => isUnreadable) : isLeftOut;
    if (isBad) process.exitCode = EXIT_CODES.failed;
    return;
  }
  const payment = paymentText({ paysAgain, paysFirst: chosen.reduce((sum, one) => sum + one.paysFirst, 0) });
  const question = `Replay ${runsText(chosen.length)}${payment === '' ? '' : `, and pay for ${payment}`}?`;
  if (chosen.length === 0) note('No run is left to be started.');
  else if (!(await isConfirmed(question, paysAgain, options))) return;
  const results = [...before];
  await batch.begin(chosen.map(({ run }) => run));
  try {
    await startAll(previews, results, replays);
    if (options.wait) await untilEnded(results, replays);
    await batch.end();
  } catch (error) {
    const goOn = 'Replays that were started go on. Give the same command again to go on with what is left.';
    note(['', ...resultLines(results), goOn].join('\n'));
    throw signal.aborted ? signal.reason : error;
  }
  if (json) printJson({ where, runs: results });
  else print(['', ...resultLines(results)].join('\n'));
  if (before.some((one) => !isGood(one))) note('Given once more, the same command begins anew, with all that failed.');
  if (!results.every(isGood)) process.exitCode = EXIT_CODES.failed;
}

/** Says as well where to see what there is: of the pipelines that the filter names, or all. */
function noMatchText({ values }: Where): string {
  const pipelines = values.get('pipeline');
  const filter = pipelines ? ` --where 'pipeline=${pipelines.join(',')}'` : '';
  return `No runs match. Nothing was started. See which there are: nightscore list${filter}`;
}

/** The runs that the filter means. Throws an InvalidInputError when they are more than `--limit`. */
async function matchingRuns(where: string, { client, parsed, options }: Replays): Promise<RunSummary[]> {
  const runs: RunSummary[] = [];
  for await (const run of client.list({
    where: parsed.values.has('outcome') ? where : `${where} ${ENDED_WITHOUT_SUCCESS}`,
  })) {
    runs.push(run);
    if (runs.length <= options.limit) continue;
    throw new InvalidInputError([
      `${JSON.stringify(where)} matches more than ${runsText(options.limit)}: say more of them, or raise --limit. Nothing was started.`,
    ]);
  }
  return runs;
}

/** What the interrupted command has replayed, and what became of that until now. */
async function startedBefore({ client, batch }: Replays): Promise<Replayed[]> {
  const { runs = [] } = batch.interrupted ?? {};
  const found: Replayed[] = [];
  for await (const { id, runId, status, batch: of } of client.list({ runs })) {
    if (of !== batch.id) continue;
    found.push({ run: id, runId, isEarlier: true, ...(status !== 'running' && { outcome: status }) });
  }
  return found;
}

/** Runs that go on are not meant by a filter that names no outcome; who looks for them shall know. */
async function noteRunning(where: string, { client, parsed }: Replays): Promise<void> {
  if (parsed.values.has('outcome')) return;
  const running = `${where} outcome=running`;
  for await (const { id } of client.list({ where: running })) {
    note(
      `Runs that match still run, for example ${id}, and cannot be replayed before they have ended: see nightscore list --where '${running}'`,
    );
    return;
  }
}

/** Starts the replays and adds what became of each run to the results; those that were left out already have their problem. */
async function startAll(previews: readonly Preview[], results: Replayed[], replays: Replays): Promise<void> {
  const { options, signal, tell } = replays;
  for (const preview of previews) {
    const { run, problem, isReplayed } = preview;
    if (isReplayed) continue;
    if (problem !== undefined) {
      results.push({ run, problem });
      continue;
    }
    await delay(1000 / options.rate, undefined, { signal });
    const result = await startOne(preview, replays);
    results.push(result);
    tell(run, result.problem === undefined ? 'replay started' : `not replayed: ${oneLine(result.problem)}`);
  }
}

/** Plans once more, for what was prepared for the preview may be too much to keep, and starts only what pays for nothing that was not shown. */
async function startOne(
  { run, of, paysFor }: Preview,
  { client, batch, options, definitions, trigger }: Replays,
): Promise<Replayed> {
  const { reason } = options;
  try {
    const { plan, start } = await client.prepareReplay({ run, of, ...(await definitions.of(run)), inspect: false });
    const unseen = stepsPaidAgain(plan).filter((step) => !paysFor.includes(step));
    if (unseen.length > 0) {
      const problem = `since the preview it would pay for ${unseen.join(', ')} as well, and nobody was asked for that: replay it once more`;
      return { run, problem };
    }
    return { run, runId: await start({ trigger, batch: batch.id, ...(reason !== undefined && { reason }) }) };
  } catch (error) {
    if (isOfOneRun(error)) return { run, problem: error.message };
    throw error;
  }
}

function isGood({ problem, outcome = 'succeeded' }: Replayed): boolean {
  return problem === undefined && outcome === 'succeeded';
}
