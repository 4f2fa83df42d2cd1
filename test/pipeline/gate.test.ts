import { describe, expect, test } from 'vitest';
import { checkGate, uncheckableConditions } from '../../src/pipeline/gate.ts';

describe('a gate', () => {
  test.each([
    [{ maxInvalidRatio: 0.01 }, { total: 1000, invalid: 10 }],
    [{ maxInvalidRatio: 0 }, { total: 1000, invalid: 0 }],
    [{ maxInvalidRatio: 0.01 }, { total: 0, invalid: 0 }],
    [{ maxInvalid: 3 }, { invalid: 3 }],
    [{ minRecords: 1000 }, { total: 1000 }],
    [{}, undefined],
  ])('%j lets %j pass', (gate, records) => {
    expect(checkGate(gate, records)).toBeUndefined();
  });

  test.each([
    [
      { maxInvalidRatio: 0.01 },
      { total: 1000, invalid: 12 },
      '12 of 1,000 records are invalid (1.2 %); the gate allows at most 1 %',
    ],
    [{ maxInvalid: 3 }, { total: 10, invalid: 4 }, '4 records are invalid; the gate allows at most 3'],
    [{ minRecords: 1000 }, { total: 999 }, 'the job processed 999 records; the gate asks for at least 1,000'],
    [{ maxInvalid: 0 }, { total: 10, invalid: 1 }, '1 record is invalid; the gate allows at most 0'],
    [{ minRecords: 2 }, { total: 1 }, 'the job processed 1 record; the gate asks for at least 2'],
    [{ minRecords: 1 }, { total: 0, invalid: 0 }, 'the job processed 0 records; the gate asks for at least 1'],
  ])('%j stops %j', (gate, records, reason) => {
    expect(checkGate(gate, records)).toBe(reason);
  });

  test.each([
    [{ maxInvalidRatio: 1 }, { total: 10 }],
    [{ maxInvalidRatio: 1 }, { invalid: 0 }],
    [{ maxInvalid: 1 }, {}],
    [{ minRecords: 0 }, undefined],
  ])('%j does not pass %j, because what was not counted proves nothing', (gate, records) => {
    expect(checkGate(gate, records)).toMatch(/could not be checked: the service did not report/);
  });

  test('names every condition that a service can never meet', () => {
    const gate = { maxInvalidRatio: 0.1, maxInvalid: 1, minRecords: 1 };
    expect(uncheckableConditions(gate, { total: true, invalid: false })).toEqual([
      { condition: 'maxInvalid', missing: 'the number of invalid records' },
      { condition: 'maxInvalidRatio', missing: 'the number of invalid records' },
    ]);
  });
});
