/**
 * Kills, cuts and faults at random, and holds what Nightscore then tells against what is true:
 *
 *   npm run chaos -- [--seed N] [--runs N]
 *
 * `npm run build` must have been done: the workers are those that people run.
 */
import { parseArgs } from 'node:util';
import { runChaos } from './run-chaos.ts';
import { summaryLines } from './summary.ts';

const MOST_SECONDS = 480;

const { values } = parseArgs({ options: { seed: { type: 'string' }, runs: { type: 'string', default: '200' } } });
const seed = wholeNumber('--seed', values.seed ?? String(Math.floor(Math.random() * 2 ** 31)));
const runs = wholeNumber('--runs', values.runs);

// An interruption ends the workers too: they are killed when this process exits.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

print(`Chaos with seed ${seed}. To repeat its plan: npm run chaos -- --seed ${seed} --runs ${runs}`);
const result = await runChaos({ seed, runs, deadlineMs: MOST_SECONDS * 1000 });
for (const line of summaryLines(result)) print(line);
for (const violation of result.violations) print(`- ${violation}`);
if (result.violations.length > 0) {
  print(`What was told is not what is true in ${result.violations.length} places. Logs are in ${result.folder}`);
  process.exitCode = 1;
} else {
  print('Everything that was told is true.');
}

function wholeNumber(option: string, text: string): number {
  if (!/^\d{1,10}$/.test(text)) {
    process.stderr.write(`${option} must be a whole number, not ${text}\n`);
    process.exit(2);
  }
  return Number(text);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
