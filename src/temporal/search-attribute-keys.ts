import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';

/** The search attributes that make runs findable. Importable from workflows, which is why it stands alone. */
export const SEARCH_ATTRIBUTE_KEYS = {
  pipeline: defineSearchAttributeKey('NightscorePipeline', SearchAttributeType.KEYWORD),
  period: defineSearchAttributeKey('NightscorePeriod', SearchAttributeType.KEYWORD),
  status: defineSearchAttributeKey('NightscoreStatus', SearchAttributeType.KEYWORD),
  services: defineSearchAttributeKey('NightscoreServices', SearchAttributeType.KEYWORD_LIST),
  jobs: defineSearchAttributeKey('NightscoreJobs', SearchAttributeType.KEYWORD_LIST),
} as const;
