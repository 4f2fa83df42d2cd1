import { z } from 'zod';
import type { ZodType } from 'zod';
import { lookUp } from '../look-up.ts';
import { softmax } from '../prediction-model.ts';
import type { FactorModel, Recipe } from './resources.ts';

/** What an answer to a record depends on besides the record. */
export interface RecipeContext {
  model: FactorModel;
  numResults: number;
  excluded: ReadonlySet<string>;
  /** The member that holds the users of a segment. */
  segmentMember: string;
  /** The column that names an item, when themes are wanted. */
  themeColumn?: string;
}

/** Why one record cannot be answered; the text is the `error` of its output line. */
export class RecordError extends Error {
  override readonly name = 'RecordError';
}

interface RecipeRules {
  kind: 'batch-inference' | 'batch-segment';
  /** The most records of an input file, where the quota is lower than the 50 million of all. */
  mostRecords?: number;
  /** Whether it can describe its answers by themes. */
  themes?: boolean;
  answer(record: unknown, context: RecipeContext): object;
}

const id = z.string().min(1).max(256);
const userRecord = z.object({ userId: id });
const itemRecord = z.object({ itemId: id });
const rankingRecord = z.object({ userId: id, itemList: z.array(id).min(1).max(500) });
const attributesRecord = z.object({ itemAttributes: z.string().min(1) });

const personalization: RecipeRules = {
  kind: 'batch-inference',
  answer: (record, context) => {
    const user = tasteOf(read(userRecord, record).userId, context.model);
    return recommendation(user, Object.keys(context.model.items), context);
  },
};

const ranking: RecipeRules = {
  kind: 'batch-inference',
  answer: (record, context) => {
    const { userId, itemList } = read(rankingRecord, record);
    const everything = { ...context, numResults: itemList.length };
    return recommendation(tasteOf(userId, context.model), [...new Set(itemList)], everything);
  },
};

const relatedItems: RecipeRules = {
  kind: 'batch-inference',
  answer: (record, context) => similarItems(read(itemRecord, record).itemId, context),
};

/** What each recipe makes of an input record. */
export const RECIPES: Readonly<Record<Recipe, RecipeRules>> = {
  'aws-user-personalization': personalization,
  'aws-user-personalization-v2': personalization,
  'aws-personalized-ranking': ranking,
  'aws-personalized-ranking-v2': ranking,
  'aws-sims': relatedItems,
  'aws-similar-items': { ...relatedItems, themes: true },
  'aws-item-affinity': {
    kind: 'batch-segment',
    mostRecords: 500,
    answer: (record, context) => {
      const { itemId } = read(itemRecord, record);
      const item = lookUp(context.model.items, itemId);
      if (item === undefined) throw new RecordError(`Unknown item: ${itemId}`);
      return segment(item, context);
    },
  },
  'aws-item-attribute-affinity': {
    kind: 'batch-segment',
    mostRecords: 10,
    answer: (record, context) => {
      const { itemAttributes } = read(attributesRecord, record);
      return segment(meanOf(itemsWith(itemAttributes, context.model), context.model), context);
    },
  },
};

function read<Value>(schema: ZodType<Value>, record: unknown): Value {
  const parsed = schema.safeParse(record);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new RecordError(`Invalid input record: ${issue?.path.join('.') ?? ''} is missing or not valid`);
}

/** Personalize recommends what is popular to users that it does not know: what the average user likes. */
function tasteOf(userId: string, model: FactorModel): readonly number[] {
  return lookUp(model.users, userId) ?? mean(Object.values(model.users));
}

function recommendation(user: readonly number[], candidates: readonly string[], context: RecipeContext): object {
  const allowed = candidates.filter((item) => !context.excluded.has(item));
  // An item that the model does not know has nothing that could speak for it.
  const scores = softmax(allowed.map((item) => product(user, lookUp(context.model.items, item) ?? [])));
  const best = ranked(allowed, scores).slice(0, context.numResults);
  return { recommendedItems: best.map(({ name }) => name), scores: best.map(({ score }) => score) };
}

/** For an item that it does not know, Personalize recommends what is popular. */
function similarItems(itemId: string, { model, excluded, numResults, themeColumn }: RecipeContext): object {
  const item = lookUp(model.items, itemId) ?? mean(Object.values(model.users));
  const candidates = Object.keys(model.items).filter((candidate) => candidate !== itemId && !excluded.has(candidate));
  const scores = candidates.map((candidate) => product(item, model.items[candidate] ?? []));
  const best = ranked(candidates, scores).slice(0, numResults);
  const recommendedItems = best.map(({ name }) => name);
  if (themeColumn === undefined) return { recommendedItems };
  const title = lookUp(model.attributes, itemId)?.[themeColumn] ?? itemId;
  return { recommendedItems, theme: `More like ${title}`, itemsThemeRelevanceScores: best.map(({ score }) => score) };
}

function segment(item: readonly number[], { model, excluded, numResults, segmentMember }: RecipeContext): object {
  const users = Object.keys(model.users).filter((user) => !excluded.has(user));
  const scores = users.map((user) => product(item, model.users[user] ?? []));
  return {
    [segmentMember]: ranked(users, scores)
      .slice(0, numResults)
      .map(({ name }) => name),
  };
}

/** Items with these attributes; an expression is `ITEMS.COLUMN = "value"`, joined by AND and by nothing else. */
function itemsWith(expression: string, { items, attributes }: FactorModel): string[] {
  const conditions = expression.split(/\s+AND\s+/).map((condition) => {
    const [, column, text, number] = /^\s*ITEMS\.(\w+)\s*=\s*(?:"([^"]*)"|(-?\d+(?:\.\d+)?))\s*$/.exec(condition) ?? [];
    if (column === undefined) throw new RecordError(`Invalid item attributes expression: ${expression}`);
    return { column, value: text ?? number };
  });
  const found = Object.keys(items).filter((item) =>
    conditions.every(({ column, value }) => String(lookUp(attributes, item)?.[column]) === value),
  );
  if (found.length === 0) throw new RecordError(`No item has the attributes ${expression}`);
  return found;
}

function meanOf(names: readonly string[], { items }: FactorModel): number[] {
  return mean(names.map((name) => items[name] ?? []));
}

function mean(vectors: readonly (readonly number[])[]): number[] {
  const [first = []] = vectors;
  return first.map((_, index) => vectors.reduce((sum, vector) => sum + (vector[index] ?? 0), 0) / vectors.length);
}

function product(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, factor, index) => sum + factor * (b[index] ?? 0), 0);
}

/** The best first; equals stay in the order in which they came. */
function ranked(names: readonly string[], scores: readonly number[]): { name: string; score: number }[] {
  return names
    .map((name, index) => ({ name, score: scores[index] ?? 0 }))
    .sort((first, second) => second.score - first.score);
}
