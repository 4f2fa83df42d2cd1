import { createHash } from 'node:crypto';
import { z } from 'zod';

/** Where an item stands in a sorted list: the value that it is sorted by, then what tells equals apart. */
export type Position = readonly (string | number)[];

export interface PageQuery<Item> {
  items: readonly Item[];
  /** Must be different for every item. */
  readonly position: (item: Item) => Position;
  descending?: boolean;
  /** The most items on a page. */
  size: number;
  /** From the page before. */
  token?: string | undefined;
  /** What the list is of: a token is good for the same question only. */
  question: unknown;
  /** For a token that did not come from this question. */
  invalidToken(): Error;
}

export interface Page<Item> {
  items: Item[];
  nextToken?: string;
}

const cursorSchema = z.tuple([z.string(), z.array(z.union([z.string(), z.number()]))]);

/**
 * One page of a sorted list. A page begins after the last item of the page before, so that items which come or go
 * meanwhile make no other item appear twice or never.
 */
export function pageOf<Item>(query: PageQuery<Item>): Page<Item> {
  const { position, size, token, descending = false } = query;
  const question = createHash('sha256').update(JSON.stringify(query.question)).digest('base64url').slice(0, 12);
  const direction = descending ? -1 : 1;
  const sorted = [...query.items].sort((a, b) => direction * comparePositions(position(a), position(b)));
  const after = token === undefined ? undefined : readToken(token, question);
  if (after === 'invalid') throw query.invalidToken();
  const rest = after ? sorted.filter((item) => direction * comparePositions(position(item), after) > 0) : sorted;
  const items = rest.slice(0, size);
  const last = items.at(-1);
  if (last === undefined || rest.length === items.length) return { items };
  return { items, nextToken: Buffer.from(JSON.stringify([question, position(last)])).toString('base64url') };
}

function readToken(token: string, question: string): Position | 'invalid' {
  try {
    const [asked, position] = cursorSchema.parse(JSON.parse(Buffer.from(token, 'base64url').toString()));
    return asked === question ? position : 'invalid';
  } catch {
    return 'invalid';
  }
}

function comparePositions(a: Position, b: Position): number {
  for (const [index, value] of a.entries()) {
    const other = b[index] ?? '';
    if (value !== other) return value < other ? -1 : 1;
  }
  return 0;
}
