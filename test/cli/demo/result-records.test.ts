import { describe, expect, it } from 'vitest';
import { countRecords, machineLearningScores } from '../../../src/cli/demo/result-records.ts';

const MACHINE_LEARNING = 'bestAnswer,score\n1,9.9E-1\n\n0,1.25E-1\n';
const FRAUD_DETECTOR = 'EVENT_ID,note,STATUS\n1,"two\nlines",Success\n2,,MISSING_ENTITY_ID\n3,,success\n';
const PERSONALIZE =
  '{"input":{},"output":{},"error":null}\n{"input":{},"error":"no such user"}\n{"input":{},"output":{}}\n';

describe('countRecords', () => {
  it.each([
    { service: 'machine-learning/batch-prediction', text: MACHINE_LEARNING, of: 'blank lines' },
    { service: 'fraud-detector/batch-prediction', text: FRAUD_DETECTOR, of: 'rows without success' },
    { service: 'personalize/batch-inference', text: PERSONALIZE, of: 'lines with an error' },
    { service: 'personalize/batch-segment', text: PERSONALIZE, of: 'lines with an error' },
  ])('takes $of of $service for invalid', ({ service, text }) => {
    expect(countRecords(service, [text])).toEqual({ total: 3, invalid: 1 });
    expect(countRecords(service, [text, text])).toEqual({ total: 6, invalid: 2 });
  });

  it('does not guess at the format of a service that it does not know', () => {
    expect(countRecords('other/service', [''])).toBeUndefined();
  });
});

describe('machineLearningScores', () => {
  it('keeps the order of the records, and a place for one without a score', () => {
    expect(machineLearningScores(MACHINE_LEARNING)).toEqual([0.99, undefined, 0.125]);
  });

  it('finds the score by its name', () => {
    expect(machineLearningScores('user_id,trueLabel, score\nanna,1,0.5\n')).toEqual([0.5]);
    expect(() => machineLearningScores('a,b\n1,2\n')).toThrow('no column "score"');
  });
});
