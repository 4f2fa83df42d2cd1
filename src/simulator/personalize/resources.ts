import { z } from 'zod';

/** Solutions were made before the simulator; this is when, unless resources.yaml says. */
const LONG_AGO = '2020-01-01T00:00:00Z';

const name = z.string().regex(/^[a-zA-Z0-9][a-zA-Z0-9_-]{0,62}$/, 'a name has 1 to 63 of a-z A-Z 0-9 - _');

/** Ids of users and items. */
const entityId = z.string().min(1).max(256);
const factors = z.array(z.number()).min(1);

/** The score of an item for a user is the product of their factors. */
const factorModelSchema = z
  .strictObject({
    kind: z.literal('factors'),
    users: z.record(entityId, factors).default({}),
    items: z.record(entityId, factors),
    /** What is known of an item, by the names of the columns of the Items data set. */
    attributes: z.record(entityId, z.record(z.string(), z.union([z.string(), z.number()]))).default({}),
  })
  .refine(
    ({ users, items }) =>
      new Set([...Object.values(users), ...Object.values(items)].map((one) => one.length)).size <= 1,
    {
      error: 'all users and items of a model have the same number of factors',
    },
  );

export type FactorModel = z.infer<typeof factorModelSchema>;

const RECIPES = [
  'aws-user-personalization',
  'aws-user-personalization-v2',
  'aws-personalized-ranking',
  'aws-personalized-ranking-v2',
  'aws-sims',
  'aws-similar-items',
  'aws-item-affinity',
  'aws-item-attribute-affinity',
] as const;

export type Recipe = (typeof RECIPES)[number];

const versionSchema = z.strictObject({
  status: z
    .enum(['CREATE PENDING', 'CREATE IN_PROGRESS', 'ACTIVE', 'CREATE FAILED', 'CREATE STOPPING', 'CREATE STOPPED'])
    .default('ACTIVE'),
  failureReason: z.string().optional(),
  createdAt: z.iso.datetime().default(LONG_AGO),
  model: factorModelSchema,
});

const solutionSchema = z.strictObject({
  recipe: z.enum(RECIPES),
  versions: z.record(z.string().regex(/^[a-zA-Z0-9]+$/, 'a version id has letters and digits'), versionSchema),
});

const filterSchema = z.strictObject({
  /** Items that are never recommended under the filter, or users that are in no segment. */
  exclude: z.array(entityId).default([]),
});

/** The section `personalize` of resources.yaml. */
export const resourcesSchema = z.strictObject({
  solutions: z.record(name, solutionSchema).default({}),
  filters: z.record(name, filterSchema).default({}),
});

export type Resources = z.infer<typeof resourcesSchema>;
export type Solution = Resources['solutions'][string];
export type SolutionVersion = Solution['versions'][string];
export type Filter = Resources['filters'][string];
