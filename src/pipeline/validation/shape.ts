import { IANAZone } from 'luxon';
import { z } from 'zod';
import { CAUSES } from '../cause.ts';
import { cronProblem } from '../cron.ts';
import { OVERLAPS, type Json, type PipelineDefinition } from '../definition.ts';
import { durationProblem, parseDuration } from '../duration.ts';
import { NAME_RULES, nameProblem, type NameKind } from '../names.ts';
import { momentProblem } from '../schedule-moment.ts';
import { quoted } from '../wording.ts';

/** A text that a function finds nothing wrong with. */
function checked(problemOf: (text: string) => string | undefined): z.ZodString {
  return z.string().check(({ value, issues }) => {
    const message = problemOf(value);
    if (message !== undefined) issues.push({ code: 'custom', input: value, message });
  });
}

/** A key whose rule only the JSON Schema states: Zod would not look at what stands under a key that breaks it. See `check.ts`. */
function key(kind: NameKind): z.ZodString {
  return z.string().meta({ pattern: NAME_RULES[kind].pattern.source });
}

/** Names of zones that JavaScript takes (ICU knows them) and Temporal does not, since the IANA never had them, or has given them up. */
const NOT_OF_THE_IANA = new Set([
  ...'ACT AET AGT ART AST BET BST CAT CNT CST CTT EAT ECT IET IST JST MIT NET NST PLT PNT PRT PST SST VST'.split(' '),
  'US/Pacific-New',
]);

function zoneProblem(zone: string): string | undefined {
  if (!IANAZone.isValidZone(zone)) return `${quoted(zone)} is not an IANA time zone such as Europe/Berlin`;
  const { timeZone } = new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions();
  if (NOT_OF_THE_IANA.has(zone)) return `${quoted(zone)} is not an IANA time zone: write ${timeZone}`;
  // Temporal does not take what JavaScript forgives.
  const isMiswritten = timeZone !== zone && timeZone.toLowerCase() === zone.toLowerCase();
  return isMiswritten ? `${quoted(zone)} is not how this zone is written: write ${timeZone}` : undefined;
}

/** Temporal makes a shorter window longer, without a word. */
const LEAST_CATCHUP_MS = 10_000;

function catchupProblem(text: string): string | undefined {
  const problem = durationProblem(text);
  if (problem !== undefined) return problem;
  return parseDuration(text) < LEAST_CATCHUP_MS ? `${quoted(text)} is too short: it must be at least 10s` : undefined;
}

const DURATION_SCHEMA = {
  pattern: '^(\\d+d)?(\\d+h)?(\\d+m)?(\\d+s)?$',
  minLength: 2,
  examples: ['6h', '1h30m'],
};
const duration = checked(durationProblem).meta(DURATION_SCHEMA);
const moment = checked(momentProblem).meta({ examples: ['2026-12-01', '2026-12-01T02:00', '2026-12-01T02:00:00Z'] });
const anything = z.custom<Json>();

const schedule = z.strictObject({
  cron: checked(cronProblem)
    .meta({ examples: ['0 2 * * *', '@daily'] })
    .describe('When runs start: minute, hour, day of the month, month, day of the week; or @daily and the like'),
  timezone: z
    .exactOptional(checked(zoneProblem))
    .describe('IANA zone of the cron expression, the dates and the run keys; UTC by default'),
  overlap: z
    .exactOptional(z.enum(OVERLAPS))
    .describe('What happens when the run before still goes on; skip by default'),
  catchupWindow: z
    .exactOptional(checked(catchupProblem).meta(DURATION_SCHEMA))
    .describe('How late a missed start is still made up for; 6h by default'),
  jitter: z
    .exactOptional(duration)
    .describe('Each start comes up to so much later, so that many pipelines do not start at once'),
  pauseOnFailure: z.exactOptional(z.boolean()).describe('A run that fails pauses the schedule; false by default'),
  startAt: z
    .exactOptional(moment)
    .describe('No run starts before this moment, or day or time on the clock of the timezone'),
  endAt: z.exactOptional(moment).describe('No run starts after this moment; a day is the last on which runs start'),
});

const param = z.strictObject({
  type: z.enum(['string', 'integer', 'number', 'boolean']).describe('What its values are'),
  description: z.exactOptional(z.string()).describe('What it is for'),
  default: z
    .exactOptional(z.union([z.string(), z.number(), z.boolean()]))
    .describe('Its value in runs that are given none; without a default, each run must be given a value'),
});

const gate = z
  .strictObject({
    maxInvalidRatio: z.exactOptional(z.number().min(0).max(1)).describe('Largest share of invalid records, 0 to 1'),
    maxInvalid: z.exactOptional(z.int().min(0)).describe('Largest number of invalid records'),
    minRecords: z.exactOptional(z.int().min(0)).describe('Smallest number of records'),
  })
  .refine((conditions) => Object.keys(conditions).length > 0, 'has no condition: name at least one, or leave it out')
  .meta({ minProperties: 1 });

const step = z.strictObject({
  uses: z.string().describe('What the step runs: a service or a follow-up'),
  description: z.exactOptional(z.string()).describe('What the step is for'),
  needs: z.exactOptional(z.array(z.string())).describe('The steps that must have ended before this one begins'),
  if: z
    .exactOptional(z.string())
    .describe('A CEL expression: the step is skipped unless it is true. succeeded() by default'),
  with: z
    .record(z.string(), anything)
    .describe('What the service or follow-up is given; texts may hold ${{ }} expressions'),
  region: z
    .exactOptional(z.string().regex(/^[a-z]{2}(?:-[a-z]+)+-\d$/, 'must be an AWS region such as eu-west-1'))
    .describe('AWS region of the step; by default that of the worker which took the run up'),
  timeout: z
    .exactOptional(duration)
    .describe('Longest time that one job attempt may take, queueing included, for example 6h'),
  retry: z
    .exactOptional(
      z.strictObject({
        maxAttempts: z.int().min(1).max(10).describe('How many jobs, the first included'),
        causes: z
          .exactOptional(z.array(z.enum(CAUSES)).min(1))
          .describe('Causes that are worth another job; capacity, internal and expired by default'),
        delay: z
          .exactOptional(duration)
          .describe('The wait before the second job, which doubles with each further one; 1m by default'),
      }),
    )
    .describe('New job attempts, each a paid job, after failures on the side of the service'),
  gate: z.exactOptional(gate).describe('What a succeeded job’s record counts must meet for its step to succeed'),
  verify: z
    .exactOptional(z.boolean())
    .describe('Read the result files of a succeeded job and hold them to what the service promises; false by default'),
  preflight: z
    .exactOptional(z.boolean())
    .describe('Look before paying whether what the job names exists and can be used; true by default'),
  stallAfter: z
    .exactOptional(duration)
    .describe('How long a running job may show no progress before it is reported as stalled, for example 30m'),
  onStall: z
    .exactOptional(z.enum(['report', 'stop']))
    .describe('What becomes of a stalled job: only reported, or stopped; report by default'),
  onCancel: z
    .exactOptional(z.enum(['stop', 'leave', 'delete']))
    .describe(
      'What becomes of the job when the run is cancelled or the job attempt times out; stop where possible by default',
    ),
});

export const stepShape = step;

/** The shape of a pipeline: keys, types and texts, each by itself. How they go together is for `check.ts`. */
export const pipelineShape = z.strictObject({
  name: checked((name) => nameProblem('pipeline', name))
    .meta({ pattern: NAME_RULES.pipeline.pattern.source })
    .describe('Name of the pipeline: lower-case letters, digits and hyphens'),
  description: z.exactOptional(z.string()).describe('What the pipeline is for'),
  period: z.exactOptional(z.enum(['day', 'hour', 'none'])).describe('What one run covers; day by default'),
  schedule: z.exactOptional(schedule).describe('When runs start by themselves'),
  timeout: z.exactOptional(duration).describe('Longest time that a run may take, for example 8h'),
  params: z
    .exactOptional(z.record(key('param'), param))
    .describe('What a run can be given; expressions see it as params'),
  steps: z
    .record(key('step'), step)
    .refine((steps) => Object.keys(steps).length > 0, 'is empty: a pipeline needs at least one step')
    .meta({ minProperties: 1 })
    .describe('The steps, by id'),
}) satisfies z.ZodType<PipelineDefinition>;
