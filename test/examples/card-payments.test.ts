import { describe, expect, it } from 'vitest';
import { type CsvRecord, linearScore, readCsv, readExample, readResources } from './example-files.ts';

const { eventTypes, detectors } = readResources().fraudDetector;
const { eventType, versions } = detectors['card_payment_detector']!;
const { model, rules } = versions['1']!;
const payments = readCsv('simulator/s3/nightscore-examples/card-payments/input/payments.csv');

function damage({ amount, ENTITY_ID, EVENT_TIMESTAMP }: CsvRecord): string | undefined {
  if (Number.isNaN(Number(amount))) return 'amount';
  if (ENTITY_ID === '') return 'ENTITY_ID';
  return EVENT_TIMESTAMP === '' ? 'EVENT_TIMESTAMP' : undefined;
}

/** The outcome of the first rule whose score is reached. */
function outcome(payment: CsvRecord): string | undefined {
  const score = 1000 / (1 + Math.exp(-linearScore(model, payment)));
  return rules.find(({ minScore }) => score >= minScore)?.outcome;
}

function count(texts: (string | undefined)[]): Record<string, number> {
  return Object.fromEntries(
    [...new Set(texts)]
      .filter((text) => text !== undefined)
      .map((text) => [text, texts.filter((t) => t === text).length]),
  );
}

describe('the card-payments example', () => {
  it('has the variables of its event type and the columns that every event has', () => {
    const { variables, entityTypes } = eventTypes[eventType]!;
    expect(Object.keys(payments[0]!).sort()).toEqual(
      ['ENTITY_ID', 'ENTITY_TYPE', 'EVENT_ID', 'EVENT_TIMESTAMP', ...variables].sort(),
    );
    expect(payments.every(({ ENTITY_TYPE }) => entityTypes.includes(ENTITY_TYPE!))).toBe(true);
    expect(Object.keys(model.coefficients)).toEqual(variables);
  });

  it('has eight damaged payments of each kind, and an id of its own for every payment', () => {
    expect(payments).toHaveLength(4000);
    expect(count(payments.map(damage))).toEqual({ amount: 8, ENTITY_ID: 8, EVENT_TIMESTAMP: 8 });
    expect(new Set(payments.map(({ EVENT_ID }) => EVENT_ID)).size).toBe(4000);
  });

  it('comes to the outcomes that the README states', () => {
    const outcomes = count(payments.filter((payment) => damage(payment) === undefined).map(outcome));
    expect(readExample('README.md').replaceAll('\n', ' ')).toContain(
      `approve ${outcomes['approve']!.toLocaleString('en')} payments, send ${outcomes['review']} to review and block ${outcomes['block']}.`,
    );
  });

  it('lists its rules from the highest score to zero, so that every payment has an outcome', () => {
    const scores = rules.map(({ minScore }) => minScore);
    expect(scores).toEqual([...scores].sort((a, b) => b - a));
    expect(scores.at(-1)).toBe(0);
  });
});
