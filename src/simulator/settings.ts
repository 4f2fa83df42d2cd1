import { z } from 'zod';

/**
 * Settings that hold for all services; each service adds its own under its section's name. They stand in the
 * `settings` section of resources.yaml, for example:
 *
 *     settings:
 *       httpStatus: trait
 *       machineLearning: { simultaneousJobs: 2 }
 *
 * What AWS does not document, or documents in two ways, is a setting, so that a pipeline can be tried against each.
 */
export const sharedSettingsSchema = z.object({
  /**
   * Where the HTTP status of an error comes from: the API reference, which says 400 for nearly every refusal, or the
   * `httpError` traits of the service models (404, 409, 429…). Clients go by the error's name in both cases.
   */
  httpStatus: z.enum(['documented', 'trait']).default('documented'),
  /** An AWS client whose clock is wrong by more than this many seconds is refused, as AWS does. */
  largestClockSkewSeconds: z.number().positive().default(300),
});

export type SharedSettings = z.infer<typeof sharedSettingsSchema>;

/** How long jobs of a kind take, in simulated seconds. */
export function timingSchema(defaults: { queuedSeconds: number; fixedSeconds: number; recordsPerSecond: number }) {
  return z.strictObject({
    /** From the free slot to the start. */
    queuedSeconds: z.number().nonnegative().default(defaults.queuedSeconds),
    /** From the start to the end, for a job without records. */
    fixedSeconds: z.number().nonnegative().default(defaults.fixedSeconds),
    /** Comes on top for each record. */
    recordsPerSecond: z.number().positive().default(defaults.recordsPerSecond),
  });
}

/** How often a running job's counters and times move, in simulated seconds. */
export function heartbeatSchema(seconds: number) {
  return z.number().positive().default(seconds);
}
