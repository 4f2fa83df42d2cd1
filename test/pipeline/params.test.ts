import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ParamDefinition, Params, ParamType, PipelineDefinition } from '../../src/pipeline/definition.ts';
import { parseParamTexts, resolveParams } from '../../src/pipeline/params.ts';

function pipeline(params: Record<string, ParamDefinition>): PipelineDefinition {
  return { name: 'churn', params, steps: {} };
}

const churn = pipeline({
  bucket: { type: 'string', default: 'acme-scores' },
  days: { type: 'integer', default: 7 },
  threshold: { type: 'number', default: 0.5 },
  full: { type: 'boolean', default: false },
  model: { type: 'string' },
});

describe('the parameters of a run', () => {
  test('are those given and the defaults of the others', () => {
    expect(resolveParams(churn, { model: 'ml-7', days: 14 })).toEqual({
      params: { bucket: 'acme-scores', days: 14, threshold: 0.5, full: false, model: 'ml-7' },
      problems: [],
    });
  });

  test('are refused with everything that is wrong with them', () => {
    const { problems } = resolveParams(churn, { bucke: 'x', days: 1.5, full: 'yes', toString: 1 });
    expect(problems).toEqual([
      {
        name: 'bucke',
        message: 'pipeline churn has no parameter "bucke"; it has bucket, days, threshold, full, model',
        suggestion: 'bucket',
      },
      {
        name: 'toString',
        message: 'pipeline churn has no parameter "toString"; it has bucket, days, threshold, full, model',
      },
      { name: 'days', message: 'parameter days must be an integer, not 1.5' },
      { name: 'full', message: 'parameter full must be true or false, not "yes"' },
      { name: 'model', message: 'parameter model is missing: it has no default, so each run must be given it' },
    ]);
  });

  test('are never numbers that JSON cannot carry', () => {
    for (const value of [NaN, Infinity, null, undefined, 2 ** 60]) {
      expect(resolveParams(pipeline({ n: { type: 'integer' } }), { n: value }).problems).toHaveLength(1);
    }
  });

  test('have a value of the declared type for every name, or there are problems', () => {
    const type = fc.constantFrom<ParamType>('string', 'integer', 'number', 'boolean');
    const value = fc.oneof(fc.string(), fc.integer(), fc.double(), fc.boolean(), fc.constant(null));
    const name = fc.stringMatching(/^[A-Za-z][A-Za-z0-9_]{0,3}$/);
    fc.assert(
      fc.property(fc.dictionary(name, fc.record({ type })), fc.dictionary(name, value), (params, given) => {
        const resolved = resolveParams(pipeline(params), given);
        if (!resolved.params) {
          expect(resolved.problems.length).toBeGreaterThan(0);
          return;
        }
        expect(Object.keys(resolved.params).sort()).toEqual(Object.keys(params).sort());
        for (const [key, { type: declared }] of Object.entries(params)) {
          expect(typeof resolved.params[key]).toBe(declared === 'integer' ? 'number' : declared);
        }
      }),
    );
  });
});

describe('parameters on the command line', () => {
  test('are read by their declared type', () => {
    const texts = ['bucket=a=b', 'days=-3', 'threshold=1e-3', 'full=true', 'model=7'];
    expect(parseParamTexts(churn, texts)).toEqual({
      given: { bucket: 'a=b', days: -3, threshold: 0.001, full: true, model: '7' },
      problems: [],
    });
  });

  test.each([
    ['days=1.5', 'parameter days must be an integer, not "1.5"'],
    ['days=99999999999999999999', 'parameter days must be an integer'],
    ['days=', 'parameter days must be an integer'],
    ['threshold=NaN', 'parameter threshold must be a number'],
    ['threshold=0x10', 'parameter threshold must be a number'],
    ['full=yes', 'parameter full must be true or false'],
    ['full=constructor', 'parameter full must be true or false'],
    ['bucket', '"bucket" is not a parameter: write NAME=VALUE'],
    ['=x', '"=x" is not a parameter: write NAME=VALUE'],
    ['modle=7', 'pipeline churn has no parameter "modle"'],
  ])('%s is refused', (text, message) => {
    const { problems } = parseParamTexts(churn, [text]);
    expect(problems.map((problem) => problem.message)).toEqual([expect.stringContaining(message)]);
  });

  test('may not be given twice', () => {
    const { given, problems } = parseParamTexts(churn, ['days=1', 'days=2']);
    expect(given).toEqual({ days: 1 });
    expect(problems).toEqual([{ name: 'days', message: 'parameter days is given more than once' }]);
  });

  test('give back every value that was written out', () => {
    const params = fc.record<Params>({
      bucket: fc.string(),
      days: fc.maxSafeInteger(),
      threshold: fc.double({ noDefaultInfinity: true, noNaN: true }),
      full: fc.boolean(),
    });
    fc.assert(
      fc.property(params, (values) => {
        const texts = Object.entries(values).map(([name, value]) => `${name}=${value}`);
        const { given, problems } = parseParamTexts(churn, texts);
        expect(problems).toEqual([]);
        for (const [name, value] of Object.entries(values)) expect(given[name] === value).toBe(true);
      }),
    );
  });
});
