import { expect, it } from 'vitest';
import { callsOfJob, callsText } from '../../../src/cli/demo/aws-calls.ts';

const LEDGER = [
  { service: 'machinelearning', operation: 'CreateBatchPrediction', job: 'score-1' },
  { service: 'machinelearning', operation: 'GetBatchPrediction', job: 'score-1' },
  { service: 'machinelearning', operation: 'GetBatchPrediction', job: 'score-1' },
  { service: 'machinelearning', operation: 'GetBatchPrediction', job: 'score-10' },
  { service: 'machinelearning', operation: 'DescribeBatchPredictions' },
  { service: 's3', operation: 'CopyObject' },
];

it('counts the calls about a job, and beside them those that its service answered for all its jobs', () => {
  const { own, shared } = callsOfJob('score-1', LEDGER);
  expect(callsText(own)).toBe('1 CreateBatchPrediction, 2 GetBatchPrediction');
  expect(callsText(shared)).toBe('1 DescribeBatchPredictions');
});

it('counts nothing for a job of which there was no call', () => {
  expect(callsOfJob('other', LEDGER)).toEqual({ own: {}, shared: {} });
});
