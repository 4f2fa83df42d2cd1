import { z } from 'zod';
import { timingSchema } from '../settings.ts';

const simultaneous = z.number().int().positive().default(5);

/** How the simulated Amazon Personalize behaves; in resources.yaml under `settings.personalize`. */
export const settingsSchema = z.strictObject({
  /** Even five records take 7 minutes, as observed, because machines are started for each job. */
  timing: timingSchema({ queuedSeconds: 180, fixedSeconds: 240, recordsPerSecond: 50 }).prefault({}),
  /** The quotas "pending or in progress" of each kind of job; a further job is refused. */
  simultaneousJobs: z.strictObject({ batchInference: simultaneous, batchSegment: simultaneous }).prefault({}),
  /** `observed`: CREATE PENDING and CREATE IN_PROGRESS; `documented`: PENDING and IN PROGRESS. */
  statusSpelling: z.enum(['observed', 'documented']).default('observed'),
  /** What holds the users of a segment: `usersList`, as observed, or `recommendedUsers`, as documented. */
  segmentMember: z.enum(['usersList', 'recommendedUsers']).default('usersList'),
});

export type Settings = z.infer<typeof settingsSchema>;
