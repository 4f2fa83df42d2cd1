import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseWhere } from '../../src/client/where.ts';

function whereQuery(text: string): string {
  return parseWhere(text).query;
}

describe('a filter of runs', () => {
  it('is conditions that must all hold, with alternatives and wildcards', () => {
    expect(whereQuery('period=2026-11-19 outcome=failed,timed-out pipeline=churn-*')).toBe(
      "(NightscorePeriod = '2026-11-19' OR NightscorePeriod STARTS_WITH '2026-11-19T') AND (ExecutionStatus = 'Failed' OR ExecutionStatus = 'TimedOut')" +
        " AND WorkflowId STARTS_WITH 'churn-'",
    );
    expect(whereQuery('  pipeline=churn   service=machine-learning/batch-prediction job=j-1 ')).toBe(
      "WorkflowId STARTS_WITH 'churn/' AND NightscoreServices = 'machine-learning/batch-prediction' AND NightscoreJobs = 'j-1'",
    );
    expect(whereQuery('since=2026-11-20T00:00:00Z until=2026-11-21T00:00:00Z')).toBe(
      "StartTime >= '2026-11-20T00:00:00.000Z' AND StartTime < '2026-11-21T00:00:00.000Z'",
    );
  });

  it('takes a day for the run of the day and those of its hours, and an hour or a key for itself', () => {
    expect(whereQuery('period=2026-11-29,2026-11-30T01+1100,spring')).toBe(
      "((NightscorePeriod = '2026-11-29' OR NightscorePeriod STARTS_WITH '2026-11-29T')" +
        " OR NightscorePeriod = '2026-11-30T01+1100' OR NightscorePeriod = 'spring')",
    );
    expect(whereQuery('period=2026-11-2*')).toBe("NightscorePeriod STARTS_WITH '2026-11-2'");
  });

  it.each([
    ['', 'is no condition'],
    ['  ', 'is no condition'],
    ['failed', '"failed" is no condition: write FIELD=VALUE'],
    ['outcom=failed', 'there is no field "outcom"; there are pipeline, period, outcome'],
    ['outcom=failed', 'did you mean outcome?'],
    ['outcome=faild', 'there is no outcome "faild"; there are running, succeeded, failed'],
    ['outcome=', '"" cannot be a value of outcome'],
    ['outcome=fail*', 'outcome takes no *'],
    ['outcome=failed outcome=cancelled', 'outcome is given twice'],
    ['since=yesterday', '"yesterday" is no moment'],
    ['since=1d,2d', 'since takes one moment'],
    ["pipeline=x' OR 'a'='a", 'cannot be a value of pipeline'],
    [
      'pipeline=churn/2026-11-20',
      '"churn/2026-11-20" has a slash, and a pipeline has none: a run is named as nightscore',
    ],
    ['pipeline=churn,churn/2026-*', '"churn/2026-*" has a slash'],
    ['__proto__=1', 'there is no field "__proto__"'],
  ])('%j is refused: %s', (text, message) => {
    expect(() => whereQuery(text)).toThrow(message);
  });

  it('tells which fields it is about, with their values', () => {
    const { values } = parseWhere('outcome=failed,cancelled pipeline=my-outcome');
    expect(values.get('outcome')).toEqual(['failed', 'cancelled']);
    expect([...values.keys()]).toEqual(['outcome', 'pipeline']);
  });

  it.each(['outcome = failed', 'outcome= failed', 'outcome =failed'])('%s has spaces too many', (text) => {
    expect(() => whereQuery(text)).toThrow('write no spaces around =');
  });

  it('tells everything that is wrong at once', () => {
    expect(() => whereQuery('outcom=failed since=never')).toThrow(/no field "outcom"[\s\S]*"never" is no moment/);
  });

  it('lets no value break out of its quotes', () => {
    fc.assert(
      fc.property(fc.string(), (value) => {
        try {
          const query = whereQuery(`period=${value}`);
          expect(query).toMatch(/^\(?(?:NightscorePeriod (?:=|STARTS_WITH) '[^']*'(?: OR )?)+\)?$/);
        } catch (error) {
          expect((error as Error).name).toBe('InvalidInputError');
        }
      }),
    );
  });
});
