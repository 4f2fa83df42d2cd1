import { z } from 'zod';
import { heartbeatSchema, timingSchema } from '../settings.ts';

/** How the simulated Amazon Machine Learning behaves; in resources.yaml under `settings.machineLearning`. */
export const settingsSchema = z.strictObject({
  /**
   * Minutes, as observed: 2 from the request to the start, then 114 records per second, which is the rate of the job in
   * the API reference's sample (21,154 records in 185 s).
   */
  timing: timingSchema({ queuedSeconds: 120, fixedSeconds: 60, recordsPerSecond: 114 })
    .extend({ heartbeatSeconds: heartbeatSchema(15) })
    .prefault({}),
  /** The quota "simultaneous jobs"; further jobs wait as PENDING. */
  simultaneousJobs: z.number().int().positive().default(25),
  /** The guide: when more observations than this are rejected, the whole input is. */
  mostInvalidRecords: z.number().int().nonnegative().default(10_000),
  /** The guide says that OutputUri must end with a slash; the service model does not. A bare bucket always passes. */
  outputUriEndsWithSlash: z.boolean().default(true),
  /** The samples of the API reference have counts and times as strings, which the JavaScript SDK cannot parse. */
  numbersAsStrings: z.boolean().default(false),
  /** The same samples have a StartedAt with a digit too many, which clients read as a time in the year 2420. */
  startedAtInTheFuture: z.boolean().default(false),
  /** The service model declares a numeric `code` in every error; the JavaScript SDK takes it for the error's name. */
  errorCode: z.number().int().optional(),
});

export type Settings = z.infer<typeof settingsSchema>;
