import { linearScore, sigmoid, UnusableValue } from '../prediction-model.ts';
import type { DetectorVersion, EventType } from './resources.ts';

/** Every input file has these columns, besides the variables of its event type. */
const EVENT_COLUMNS = ['ENTITY_ID', 'ENTITY_TYPE', 'EVENT_ID', 'EVENT_TIMESTAMP'] as const;

const ISO_TIMESTAMP = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/;

/** Scores the events of one input file by one detector version, in Fraud Detector's result format. */
export interface EventScorer {
  /** The header of the result. */
  header: string[];
  /** The result record of an input record. */
  score(fields: readonly string[]): { record: string[]; isValid: boolean };
}

/** The columns that an event type needs and a header does not have. */
export function missingColumns(header: readonly string[], { variables }: EventType): string[] {
  return [...EVENT_COLUMNS, ...variables].filter((column) => !header.includes(column));
}

/**
 * An event is invalid when its record has another number of columns than the header, when one of the columns that
 * every event has is empty or wrong, or when a variable is no number where the model needs one. Fraud Detector
 * replaces a missing variable by a default, so that an empty one is valid.
 */
export function eventScorer(
  header: readonly string[],
  eventType: EventType,
  version: DetectorVersion,
  { ruleResults }: { ruleResults: boolean },
): EventScorer {
  const columns = new Map(header.map((name, index) => [name, index]));
  const outcomeColumns = ['MODEL_SCORES', 'OUTCOMES', 'STATUS', ...(ruleResults ? ['RULE_RESULTS'] : [])];
  return {
    header: [...header, ...outcomeColumns],
    score: (fields) => {
      const valueOf = (column: string): string => fields[columns.get(column) ?? -1]?.trim() ?? '';
      // A record that is too short or too long still fills the columns of the input.
      const original = header.map((_, index) => fields[index] ?? '');
      const results = scoreEvent(fields.length === header.length, valueOf, eventType, version);
      const record = [...original, results.scores, results.outcomes, results.status];
      return {
        record: ruleResults ? [...record, results.rules] : record,
        isValid: results.status === 'Success',
      };
    },
  };
}

interface EventResult {
  scores: string;
  outcomes: string;
  status: string;
  rules: string;
}

const noResult = (reason: string): EventResult => ({ scores: '', outcomes: '', status: reason, rules: '' });

/** The reasons are the simulator's own: Amazon documents that STATUS holds a reason code, but not which. */
function scoreEvent(
  isComplete: boolean,
  valueOf: (column: string) => string,
  eventType: EventType,
  version: DetectorVersion,
): EventResult {
  if (!isComplete) return noResult('WRONG_NUMBER_OF_COLUMNS');
  const empty = EVENT_COLUMNS.find((column) => valueOf(column) === '');
  if (empty !== undefined) return noResult(`MISSING_${empty}`);
  if (!eventType.entityTypes.includes(valueOf('ENTITY_TYPE'))) return noResult('INVALID_ENTITY_TYPE');
  if (!isTimestamp(valueOf('EVENT_TIMESTAMP'))) return noResult('INVALID_EVENT_TIMESTAMP');
  try {
    return ruledResult(scoreOf(version, valueOf), version);
  } catch (error) {
    if (error instanceof UnusableValue) return noResult(`INVALID_VARIABLE_VALUE ${error.field}`);
    throw error;
  }
}

/** From 0 to 1000, the higher the riskier. */
function scoreOf({ model }: DetectorVersion, valueOf: (column: string) => string): number {
  return model.kind === 'linear' ? Math.round(sigmoid(linearScore(model, valueOf)) * 1000) : 0;
}

function ruledResult(score: number, { modelName, rules, ruleExecutionMode }: DetectorVersion): EventResult {
  const matched = rules.filter(({ minScore }) => score >= minScore);
  const counted = ruleExecutionMode === 'FIRST_MATCHED' ? matched.slice(0, 1) : matched;
  const outcomes = [...new Set(counted.map(({ outcome }) => outcome))];
  return {
    // Written like Python dictionaries, as recorded.
    scores: `{'${modelName}': ${score.toFixed(1)}}`,
    outcomes: outcomes.join(','),
    status: 'Success',
    rules: `{${counted.map(({ ruleId, outcome }) => `'${ruleId}': ['${outcome}']`).join(', ')}}`,
  };
}

function isTimestamp(value: string): boolean {
  return ISO_TIMESTAMP.test(value) && !Number.isNaN(Date.parse(value));
}
