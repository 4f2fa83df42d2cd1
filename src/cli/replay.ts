import { InvalidInputError } from '../client/errors.ts';
import { askedBy } from './runs/asked-by.ts';
import { replayMany } from './replay/replay-many.ts';
import { replayOne } from './replay/replay-one.ts';
import { parseRunKey } from '../pipeline/run-key.ts';

export interface ReplayCommandOptions {
  where?: string;
  from?: string;
  definition?: 'same' | 'new';
  param?: string[];
  reason?: string;
  dryRun?: true;
  yes?: true;
  wait?: true;
  json?: true;
  limit: number;
  rate: number;
}

/** `nightscore replay`: one run, or all that a filter matches. Says first what it will do. */
export async function replay(run: string | undefined, options: ReplayCommandOptions): Promise<void> {
  const { where, from } = options;
  if (run !== undefined && where !== undefined) {
    throw new InvalidInputError(['Name one run or choose runs with --where, not both.']);
  }
  if (run === undefined && where === undefined) {
    throw new InvalidInputError(['Name one run, for example churn-nightly/2026-11-20, or choose runs with --where.']);
  }
  if (run !== undefined) {
    parseRunKey(run);
    return replayOne(run, options, askedBy());
  }
  if (from !== undefined)
    throw new InvalidInputError(['--from means a step of one run: name the run instead of --where.']);
  return replayMany(where ?? '', options, askedBy());
}
