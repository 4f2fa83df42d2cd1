import { AwsError } from '../aws-error.ts';
import { pageOf } from '../paging.ts';
import type { Page } from '../paging.ts';
import type { DescribeQuery } from './requests.ts';

/** A variable that can be filtered and sorted by: text, or a moment in milliseconds since 1970. */
type FilterValue = string | number;

/** How to read the filter variables of an item. */
export type FilterVariables<Item, Variable extends string> = Readonly<Record<Variable, (item: Item) => FilterValue>>;

const COMPARISONS = {
  EQ: (value, wanted) => value === wanted,
  NE: (value, wanted) => value !== wanted,
  GT: (value, wanted) => value > wanted,
  LT: (value, wanted) => value < wanted,
  GE: (value, wanted) => value >= wanted,
  LE: (value, wanted) => value <= wanted,
} as const satisfies Record<string, (value: FilterValue, wanted: FilterValue) => boolean>;

const OPERATORS = ['EQ', 'NE', 'GT', 'LT', 'GE', 'LE'] as const;
const TIME_VARIABLES: ReadonlySet<string> = new Set(['CreatedAt', 'LastUpdatedAt']);
const DEFAULT_LIMIT = 100;

/** What a Describe operation describes. */
export interface Describable<Item, Variable extends string> {
  items: readonly Item[];
  variables: FilterVariables<Item, Variable>;
  readonly idOf: (item: Item) => string;
}

/**
 * Filters, sorts and pages as the Describe operations do: all comparisons must hold, and the list is sorted by the
 * filter variable, or by the time of creation when there is none.
 */
export function describe<Item, Variable extends string>(
  { items, variables, idOf }: Describable<Item, Variable | 'CreatedAt'>,
  query: DescribeQuery & { FilterVariable: Variable | 'CreatedAt' | undefined },
): Page<Item> {
  const { FilterVariable: variable, Limit, NextToken, ...question } = query;
  checkComparisons(query);
  const valueOf = variables[variable ?? 'CreatedAt'];
  return pageOf({
    items: items.filter((item) => passes(valueOf(item), query)),
    position: (item) => [valueOf(item), idOf(item)],
    descending: query.SortOrder === 'dsc',
    size: Limit ?? DEFAULT_LIMIT,
    token: NextToken,
    question: [variable, question],
    invalidToken: () => new AwsError('InvalidInputException', 'The NextToken is not valid for this request.'),
  });
}

function checkComparisons(query: DescribeQuery & { FilterVariable: string | undefined }): void {
  const hasComparison = [...OPERATORS, 'Prefix' as const].some((operator) => query[operator] !== undefined);
  if (hasComparison && query.FilterVariable === undefined) {
    throw new AwsError('InvalidInputException', 'A comparison requires a FilterVariable.');
  }
  if (query.FilterVariable === undefined || !TIME_VARIABLES.has(query.FilterVariable)) return;
  // What is no time is refused also when there is nothing to compare it with.
  for (const operator of OPERATORS) momentIn(query[operator] ?? '0');
}

function passes(value: FilterValue, query: DescribeQuery): boolean {
  return (
    OPERATORS.every((operator) => {
      const wanted = query[operator];
      return wanted === undefined || COMPARISONS[operator](value, comparable(wanted, value));
    }) &&
    (query.Prefix === undefined || textOf(value).startsWith(query.Prefix))
  );
}

/** The wanted value in the type of the variable: a time may be written as ISO 8601 or in seconds since 1970. */
function comparable(wanted: string, value: FilterValue): FilterValue {
  return typeof value === 'string' ? wanted : momentIn(wanted);
}

function momentIn(wanted: string): number {
  const moment = /^\d+(\.\d+)?$/.test(wanted) ? Number(wanted) * 1000 : Date.parse(wanted);
  if (Number.isNaN(moment)) throw new AwsError('InvalidInputException', `'${wanted}' is not a time.`);
  return moment;
}

function textOf(value: FilterValue): string {
  return typeof value === 'string' ? value : new Date(value).toISOString();
}
