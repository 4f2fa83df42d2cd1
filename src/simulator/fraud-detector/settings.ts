import { z } from 'zod';
import { heartbeatSchema, timingSchema } from '../settings.ts';

/** How the simulated Amazon Fraud Detector behaves; in resources.yaml under `settings.fraudDetector`. */
export const settingsSchema = z.strictObject({
  /** As in a recorded run: 27 s from the request to the start, and 6 minutes in all for 5,000 rows. */
  timing: timingSchema({ queuedSeconds: 27, fixedSeconds: 12, recordsPerSecond: 15.6 })
    .extend({
      heartbeatSeconds: heartbeatSchema(10),
      /** From the request to stop to the stop. */
      stoppingSeconds: z.number().nonnegative().default(30),
    })
    .prefault({}),
  /** "You can run only one batch prediction job at a time", in a region. */
  simultaneousJobs: z.number().int().positive().default(1),
  /** How a further job is refused; the documentation does not say. */
  busy: z
    .strictObject({
      error: z.enum(['ValidationException', 'ThrottlingException']).default('ValidationException'),
      message: z.string().default('Only one batch prediction job can run at a time. Another job is in progress.'),
    })
    .prefault({}),
  /** How a second job of the same id is refused; the service model declares no error of its own for it. */
  duplicate: z
    .strictObject({
      error: z.string().default('ValidationException'),
      message: z.string().default('A batch prediction job with this jobId already exists.'),
    })
    .prefault({}),
  /** DeleteBatchPredictionJob declares no ResourceNotFoundException: an unknown id is accepted, or refused. */
  deleteUnknownJob: z.enum(['accept', 'refuse']).default('accept'),
  /** `whole`: detectorVersion is answered as `1`, as recorded; `decimal`: as `1.0`, as the service model wants it. */
  detectorVersion: z.enum(['whole', 'decimal']).default('whole'),
  /** The result has a column RULE_RESULTS, as documented; a recording of 2021 does not have it yet. */
  ruleResults: z.boolean().default(true),
});

export type Settings = z.infer<typeof settingsSchema>;
