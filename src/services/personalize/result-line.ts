import { z } from 'zod';

const id = z.union([z.string(), z.number()]).transform(String);

/** One line of a result file, in every form that was documented or seen: https://docs.aws.amazon.com/personalize/latest/dg/batch-data-upload.html */
const resultLine = z.looseObject({
  input: z.unknown().optional(),
  output: z
    .looseObject({
      recommendedItems: z.array(id).optional(),
      usersList: z.array(id).optional(),
      recommendedUsers: z.array(id).optional(),
      scores: z.array(z.number()).nullish(),
    })
    .nullish(),
  error: z.unknown().optional(),
  itemId: z.unknown().optional(),
  itemAttributes: z.unknown().optional(),
});

export interface ResultLine {
  /** What identifies the input record; undefined when the line does not say. */
  input: string | undefined;
  invalid: boolean;
  /** What is wrong with the line, without anything that stands in it. */
  wrong: string[];
}

/** Reads one line of a result file; undefined when it is not a result at all. */
export function readResultLine(text: string, segment: boolean, numResults: number): ResultLine | undefined {
  const parsed = resultLine.safeParse(jsonOf(text));
  if (!parsed.success) return undefined;
  const { output, error } = parsed.data;
  const input = inputOf(parsed.data);
  const invalid = error !== undefined && error !== null;
  const line = { input: input === undefined ? undefined : canonicalJson(input), invalid };
  if (invalid) return { ...line, wrong: [] };
  const results = segment ? (output?.usersList ?? output?.recommendedUsers) : output?.recommendedItems;
  // With themes and for kinds of recipe to come, an output need not hold this list; a line without any output is wrong.
  if (!results) return { ...line, wrong: output ? [] : ['there is neither an output nor an error'] };
  return { ...line, wrong: wrongWith(results, output?.scores ?? undefined, itemListOf(input), numResults) };
}

function wrongWith(
  results: string[],
  scores: number[] | undefined,
  allowed: Set<string> | undefined,
  numResults: number,
): string[] {
  const wrong: string[] = [];
  // A ranking answers the whole list that it was given.
  if (results.length > Math.max(numResults, allowed?.size ?? 0)) wrong.push('there are more results than asked for');
  if (new Set(results).size < results.length) wrong.push('a result is there twice');
  if (allowed && results.some((result) => !allowed.has(result))) wrong.push('a result is not in the itemList');
  if (scores && scores.length !== results.length) wrong.push('there is not one score for each result');
  if (scores?.some((score, index) => score > (scores[index - 1] ?? Infinity))) wrong.push('the scores increase');
  return wrong;
}

/** A line without `input` tells of a segment by the same member that its input has. */
function inputOf({ input, itemId, itemAttributes }: z.infer<typeof resultLine>): unknown {
  if (input !== undefined) return input;
  if (itemAttributes !== undefined) return { itemAttributes };
  return itemId === undefined ? undefined : { itemId };
}

function itemListOf(input: unknown): Set<string> | undefined {
  const parsed = z.looseObject({ itemList: z.array(id) }).safeParse(input);
  return parsed.success ? new Set(parsed.data.itemList) : undefined;
}

/** The input line as results repeat it: a line that is no JSON is repeated as a text. */
export function inputRecord(text: string): string {
  return canonicalJson(jsonOf(text) ?? text);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_name, member: unknown) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );
}
