import { z } from 'zod';
import { predictionModelSchema } from '../prediction-model.ts';

/** Detectors and event types were made before the simulator; this is when, unless resources.yaml says. */
const LONG_AGO = '2020-01-01T00:00:00Z';

const identifier = z.string().regex(/^[0-9a-z_-]{1,64}$/, 'an identifier has 1 to 64 of 0-9 a-z _ -');

const commonMembers = {
  description: z.string().min(1).max(128).optional(),
  createdAt: z.iso.datetime().default(LONG_AGO),
};

const eventTypeSchema = z.strictObject({
  ...commonMembers,
  /** The columns that an input file must have, besides those that every event has. */
  variables: z.array(z.string().min(1)).min(1),
  entityTypes: z.array(identifier).min(1),
  labels: z.array(identifier).default([]),
});

const ruleSchema = z.strictObject({
  ruleId: identifier,
  /** The rule matches from this score on, of 1000. */
  minScore: z.number().min(0).max(1000),
  outcome: identifier,
});

const versionSchema = z.strictObject({
  ...commonMembers,
  status: z.enum(['DRAFT', 'ACTIVE', 'INACTIVE']).default('ACTIVE'),
  modelName: z.string().regex(/^[0-9a-z_]{1,64}$/, 'a model name has 1 to 64 of 0-9 a-z _'),
  modelType: z
    .enum(['ONLINE_FRAUD_INSIGHTS', 'TRANSACTION_FRAUD_INSIGHTS', 'ACCOUNT_TAKEOVER_INSIGHTS'])
    .default('ONLINE_FRAUD_INSIGHTS'),
  model: predictionModelSchema.refine((model) => model.kind === 'linear', {
    error: 'the model of a detector is of kind linear',
  }),
  /** In the order in which they are tried. */
  rules: z.array(ruleSchema).min(1),
  ruleExecutionMode: z.enum(['FIRST_MATCHED', 'ALL_MATCHED']).default('FIRST_MATCHED'),
});

const detectorSchema = z.strictObject({
  ...commonMembers,
  eventType: identifier,
  versions: z.record(z.string().regex(/^[1-9]\d{0,4}$/, 'a version is a whole number, in quotes'), versionSchema),
});

/** The section `fraudDetector` of resources.yaml. */
export const resourcesSchema = z
  .strictObject({
    eventTypes: z.record(identifier, eventTypeSchema).default({}),
    detectors: z.record(identifier, detectorSchema).default({}),
  })
  .superRefine(({ eventTypes, detectors }, context) => {
    for (const [id, { eventType }] of Object.entries(detectors)) {
      if (!Object.hasOwn(eventTypes, eventType)) {
        const path = ['detectors', id, 'eventType'];
        context.addIssue({ code: 'custom', path, message: `there is no event type ${eventType}` });
      }
    }
  });

export type Resources = z.infer<typeof resourcesSchema>;
export type EventType = Resources['eventTypes'][string];
export type Detector = Resources['detectors'][string];
export type DetectorVersion = Detector['versions'][string];
