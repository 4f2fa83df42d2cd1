import type { SearchAttributeType } from '@temporalio/common';

/** How Temporal's API (`temporal.api.enums.v1.IndexedValueType`) and its CLI write the types of search attributes. */
export const SEARCH_ATTRIBUTE_TYPES = {
  TEXT: { value: 1, cliName: 'Text' },
  KEYWORD: { value: 2, cliName: 'Keyword' },
  INT: { value: 3, cliName: 'Int' },
  DOUBLE: { value: 4, cliName: 'Double' },
  BOOL: { value: 5, cliName: 'Bool' },
  DATETIME: { value: 6, cliName: 'Datetime' },
  KEYWORD_LIST: { value: 7, cliName: 'KeywordList' },
} as const satisfies Record<SearchAttributeType, { value: number; cliName: string }>;
