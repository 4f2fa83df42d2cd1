import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PipelineDefinition } from '../../../src/pipeline/definition.ts';
import { runValues, stepValues, type ExpressionContext } from '../../../src/pipeline/expressions/expression-context.ts';
import { evaluateCondition, ExpressionError, renderWith } from '../../../src/pipeline/expressions/expression.ts';
import type { StepOutcome } from '../../../src/pipeline/outcome.ts';

const churn: PipelineDefinition = {
  name: 'churn-nightly',
  schedule: { cron: '0 2 * * *', timezone: 'Europe/Berlin' },
  params: {
    bucket: { type: 'string' },
    days: { type: 'integer' },
    threshold: { type: 'number' },
    full: { type: 'boolean' },
  },
  steps: {},
};

const score = stepValues({
  uses: 'machine-learning/batch-prediction',
  state: 'ended',
  outcome: 'succeeded',
  attempt: 1,
  job: {
    id: 'ns-score-1',
    service: 'machine-learning/batch-prediction',
    region: 'eu-west-1',
    adopted: false,
    submittedAt: '2026-11-20T01:00:00Z',
    outputUri: 's3://acme-scores/churn/',
    records: { total: 1000, invalid: 3 },
  },
});
const skipped = stepValues({ uses: 's3/copy', state: 'ended', outcome: 'skipped', attempt: 0 });

const context: ExpressionContext = {
  run: runValues(churn, '2026-11-20'),
  params: { bucket: 'acme', days: 7, threshold: 3, full: true },
  paramDefinitions: churn.params,
  steps: { score, skipped },
};

function hourly(key: string): ExpressionContext {
  return { ...context, run: runValues({ ...churn, period: 'hour' }, key) };
}

function withOutcomes(...outcomes: StepOutcome[]): ExpressionContext {
  const steps = outcomes.map((outcome, index) => [`s${index}`, { outcome }]);
  return { ...context, steps: Object.fromEntries(steps) };
}

function errorOf(action: () => unknown): ExpressionError {
  try {
    action();
  } catch (error) {
    if (error instanceof ExpressionError) return error;
    throw error;
  }
  throw new Error('no error was thrown');
}

describe('a value with expressions', () => {
  test.each([
    ['s3://${{ params.bucket }}/${{ run.date }}/', 's3://acme/2026-11-20/'],
    ['${{ run.id }} ${{ run.pipeline }} ${{ run.key }}', 'churn-nightly/2026-11-20 churn-nightly 2026-11-20'],
    ['${{ params.days }}', 7],
    ['${{ params.threshold }}', 3],
    ['${{ params.threshold / 2.0 }}', 1.5],
    ['${{ params.full }}', true],
    ['${{ [1, 2] }}', [1, 2]],
    ['${{ {"a": {"b": 1}} }}', { a: { b: 1 } }],
    ['${{ steps.score.records.total - steps.score.records.invalid }}', 997],
    ['${{ steps.score.jobId }} at ${{ steps.score.outputUri }}', 'ns-score-1 at s3://acme-scores/churn/'],
    ['last ${{ params.days }} days, ${{ params.full }}, ${{ params.threshold }}', 'last 7 days, true, 3'],
    ['${{ steps.score.message }}', ''],
    ['${{ has(steps.skipped.jobId) ? steps.skipped.jobId : "no job" }}', 'no job'],
    ['costs $${{ 5 }}', 'costs ${{ 5 }}'],
  ])('%j becomes %j', (value, expected) => {
    expect(renderWith(value, context)).toEqual(expected);
  });

  test('keeps the rest of the value, mapping keys included, as it is', () => {
    const value = { '${{ run.date }}': [{ Value: '${{ run.date }}' }], n: 1, flag: false, none: null };
    expect(renderWith(value, context)).toEqual({
      '${{ run.date }}': [{ Value: '2026-11-20' }],
      n: 1,
      flag: false,
      none: null,
    });
  });

  test('is unchanged when no text in it holds ${{', () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
        fc.pre(!JSON.stringify(value).includes('${{'));
        expect(JSON.stringify(renderWith(JSON.parse(JSON.stringify(value)), context))).toBe(JSON.stringify(value));
      }),
    );
  });

  test('says which expression yields nothing, where it stands, what is missing and why', () => {
    const error = errorOf(() => renderWith({ Items: ['a ${{ steps.skipped.outputUri }}'] }, context));
    expect(error.message).toBe(
      'Items[0]: ${{ steps.skipped.outputUri }} has no usable value: steps.skipped.outputUri is not there ' +
        '(step skipped ended as skipped; has(…) tells whether a value is there)',
    );
    expect(error).toMatchObject({ path: 'Items[0]', expression: ' steps.skipped.outputUri ' });
  });

  test.each([
    ['${{ null }}', 'it is null'],
    ['${{ 1 / 0 }}', 'division by zero'],
    ['${{ 9007199254740993 }}', 'JSON cannot hold the number 9007199254740993 exactly'],
    ['${{ 1.0 / 0.0 }}', 'JSON cannot hold the number Infinity exactly'],
    ['${{ 1u }}', 'JSON has no such type'],
    ['${{ duration("1h") }}', 'JSON has no such type'],
    ['n: ${{ [1] }}', 'a list or mapping cannot be part of a longer text'],
    ['${{ run.', 'it is not closed by }}'],
    ['${{ nothing }}', 'Unknown variable: nothing'],
    ['${{ 1 + }}', 'Unexpected token: EOF'],
    ['${{ params.toString }}', 'params.toString is not there'],
    ['${{ steps.score.records.processed }}', 'steps.score.records.processed is not there'],
  ])('%j has no value: %s', (value, reason) => {
    expect(errorOf(() => renderWith(value, context)).message).toContain(reason);
  });

  test('is rendered the same whenever and however often it is rendered', () => {
    const value = '${{ addMonths(run.date, 1) }} ${{ formatDate(run.date, "EEEE d LLLL yyyy") }}';
    expect(renderWith(value, context)).toBe('2026-12-20 Friday 20 November 2026');
    expect(renderWith(value, context)).toBe(renderWith(value, context));
  });
});

describe('dates in expressions', () => {
  test.each([
    ['addDays(run.date, -1)', '2026-11-19'],
    ['addDays("2026-02-28", 1)', '2026-03-01'],
    ['addMonths("2026-01-31", 1)', '2026-02-28'],
    ['startOfMonth(run.date)', '2026-11-01'],
    ['endOfMonth("2028-02-10")', '2028-02-29'],
    ['formatDate(run.date, "yyyy/MM/dd")', '2026/11/20'],
    ['formatDate(run.date, "E")', '5'],
    ['run.date == endOfMonth(run.date)', false],
  ])('%s is %s', (expression, expected) => {
    expect(renderWith(`\${{ ${expression} }}`, context)).toBe(expected);
  });

  test.each([
    ['addDays("2026-13-01", 1)', '"2026-13-01" is not a date such as'],
    ['addDays(run.date, 99999999)', 'out of range'],
    ['addHours(run.date, 1)', 'addHours needs a date and time such as run.start'],
    ['formatDate("2026-11-20T02:00", "HH")', 'is not a date such as'],
  ])('%s fails', (expression, reason) => {
    expect(errorOf(() => renderWith(`\${{ ${expression} }}`, context)).message).toContain(reason);
  });

  test('an hourly pipeline sees its hour on the clock of its zone, through the night that changes it', () => {
    const before = '${{ formatDate(addHours(run.start, -1), "yyyy-MM-dd HH ZZ") }}';
    expect(renderWith('${{ run.date }} ${{ run.hour }}', hourly('2026-10-25T03+0100'))).toBe('2026-10-25 03');
    expect(renderWith(before, hourly('2026-10-25T03+0100'))).toBe('2026-10-25 02 +01:00');
    expect(renderWith(before, hourly('2026-10-25T02+0100'))).toBe('2026-10-25 02 +02:00');
    expect(renderWith(before, hourly('2026-03-29T03+0200'))).toBe('2026-03-29 01 +01:00');
  });

  test('a pipeline without a period has no date', () => {
    const none = { ...context, run: runValues({ ...churn, period: 'none' }, 'campaign-7') };
    expect(errorOf(() => renderWith('${{ run.date }}', none)).message).toContain('run.date is not there');
  });

  test('days added and taken away again give the same date', () => {
    const date = fc
      .date({ min: new Date('1900-01-01'), max: new Date('2200-01-01'), noInvalidDate: true })
      .map((day) => day.toISOString().slice(0, 10));
    fc.assert(
      fc.property(date, fc.integer({ min: -20_000, max: 20_000 }), (day, days) => {
        expect(renderWith(`\${{ addDays(addDays("${day}", ${days}), ${-days}) }}`, context)).toBe(day);
      }),
    );
  });
});

describe('a condition', () => {
  test.each<[string, StepOutcome[], boolean]>([
    ['succeeded()', [], true],
    ['succeeded()', ['succeeded', 'succeeded'], true],
    ['succeeded()', ['succeeded', 'skipped'], false],
    ['succeeded()', ['failed'], false],
    ['failed()', [], false],
    ['failed()', ['succeeded', 'failed'], true],
    ['failed()', ['left-running'], true],
    ['failed()', ['skipped'], false],
    ['failed()', ['cancelled'], true],
    ['always()', ['failed'], true],
    ['${{ failed() }}', ['lost'], true],
    ['  ${{ !failed() }}  ', ['lost'], false],
    ['steps.s0.outcome == "rejected" && params.days > 3', ['rejected'], true],
  ])('%s after %j is %s', (text, outcomes, expected) => {
    expect(evaluateCondition(text, withOutcomes(...outcomes))).toBe(expected);
  });

  test.each(['params.days', '"true"', 'null', 'steps.score'])('%s is neither true nor false', (text) => {
    expect(errorOf(() => evaluateCondition(text, context)).message).toContain('a condition must be true or false');
  });
});

describe('what expressions see of a step', () => {
  test('takes the reason of a failure as its message when the service gave none', () => {
    const rejected = stepValues({ uses: 'x', state: 'ended', outcome: 'rejected', attempt: 1, error: 'no such model' });
    expect(rejected).toMatchObject({ message: 'no such model', error: 'no such model' });
  });

  test('includes the outputs of a follow-up, which cannot hide how it ended', () => {
    const report = { uses: 's3/copy', state: 'ended', outcome: 'failed', attempt: 1 } as const;
    expect(stepValues(report, { copied: 3, outcome: 'succeeded' })).toMatchObject({ copied: 3, outcome: 'failed' });
  });

  test('is nothing while the step goes on', () => {
    expect(() => stepValues({ uses: 'x', state: 'running', attempt: 1 })).toThrow('steps that have ended only');
  });
});
