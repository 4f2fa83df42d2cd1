import { z } from 'zod';
import { CAUSES } from '../pipeline/cause.ts';
import type { JobReport, RunReport, StepReport } from '../pipeline/report.ts';

const moment = z.string().meta({ format: 'date-time' });
const optionalText = z.exactOptional(z.string());
const count = z.exactOptional(z.number());

const recordsSchema = z.object({ total: count, processed: count, invalid: count });

const verificationSchema = z.object({
  files: z.number(),
  records: z.object({ total: z.number(), invalid: z.number() }),
  problems: z.array(
    z.object({ file: z.string(), what: z.string(), lines: z.exactOptional(z.array(z.number())), count }),
  ),
});

const jobSchema = z
  .object({
    id: z.string(),
    arn: optionalText,
    service: z.string(),
    region: z.string(),
    adopted: z.boolean().describe('Whether the job existed already and was taken over'),
    rawStatus: optionalText.describe('The status in the words of the service'),
    message: optionalText,
    records: z.exactOptional(recordsSchema),
    outputUri: optionalText.describe('Where the results lie'),
    submittedAt: moment,
    startedAt: z.exactOptional(moment),
    endedAt: z.exactOptional(moment),
    stoppedBy: z.exactOptional(z.enum(['us', 'other'])),
    noticedAt: z.exactOptional(moment),
    verification: z.exactOptional(verificationSchema),
  })
  .meta({ id: 'Job' }) satisfies z.ZodType<JobReport>;

const stepSchema = z
  .object({
    uses: z.string(),
    state: z.enum(['waiting', 'starting', 'queued (quota)', 'queued', 'running', 'stalled', 'stopping', 'ended']),
    outcome: z.exactOptional(
      z.enum(['succeeded', 'failed', 'stopped', 'left-running', 'lost', 'rejected', 'skipped', 'cancelled']),
    ),
    attempt: z.number().describe('The number of the job attempt, from 1; 0 before the first'),
    region: optionalText.describe('AWS region that the start of its latest job went to'),
    job: z.exactOptional(jobSchema),
    earlierJobs: z.exactOptional(z.array(jobSchema)),
    error: optionalText.describe('What went wrong'),
    cause: z.exactOptional(z.enum(CAUSES)),
    warnings: z.exactOptional(z.array(z.string())),
    place: z.exactOptional(z.object({ since: moment, running: count, ahead: z.number() })),
    inputHash: optionalText.describe('Hash of `uses`, region and the resolved `with`'),
    builtOn: z
      .exactOptional(z.record(z.string(), z.string()))
      .describe('What the steps that it takes values from had made when it began'),
    unproven: z.exactOptional(z.literal(true)).describe('Its job succeeded, and its results could not be verified'),
    outputs: z
      .exactOptional(z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])))
      .describe('What a follow-up hands to the steps after it'),
    reused: z
      .exactOptional(z.object({ runId: z.string() }))
      .describe('The Temporal run that made what a replay took over'),
  })
  .meta({ id: 'Step' }) satisfies z.ZodType<Omit<StepReport, 'earlier'>>;

/** A run's report, as the `report` query, the memo `report` and `--json` have it. */
export const reportSchema = z
  .object({
    version: z.literal(1),
    run: z.object({
      id: z.string().describe('The run key, which is also the Temporal workflow id'),
      pipeline: z.string(),
      key: z.string(),
      period: optionalText.describe('The first day or hour of the period'),
      trigger: z.string().describe('Who or what started the run'),
      replay: z
        .exactOptional(z.object({ of: z.string(), from: optionalText, reason: optionalText, batch: optionalText }))
        .describe('What a replay goes on from, and why'),
      startedAt: moment,
      endedAt: z.exactOptional(moment),
      cancelRequested: z.exactOptional(z.literal(true)).describe('It goes on, and was asked to cancel'),
    }),
    outcome: z
      .exactOptional(z.enum(['succeeded', 'failed', 'cancelled']))
      .describe('How the run ended; absent while it goes on'),
    error: optionalText,
    steps: z.record(z.string(), stepSchema),
  })
  .meta({ id: 'RunReport', title: 'What is known of a run' }) satisfies z.ZodType<RunReport>;
