import { describe, expect, it } from 'vitest';
import { linearScore, readCsv, readExample, readResources } from './example-files.ts';

const INPUT = 'simulator/s3/nightscore-examples/tumor-screening/input/biopsies.csv';
const TRAINING = 'simulator/s3/nightscore-examples/tumor-screening/training/biopsies.csv';

/** Share of the pairs of a positive and a negative record in which the positive one has the higher score; a tie counts half. */
function areaUnderCurve(positives: number[], negatives: number[]): number {
  const won = positives
    .flatMap((positive) => negatives.map((negative) => (Math.sign(positive - negative) + 1) / 2))
    .reduce((sum, pair) => sum + pair, 0);
  return won / (positives.length * negatives.length);
}

function columns(path: string): string[] {
  return (readExample(path).split('\n')[0] ?? '').split(',');
}

describe('the tumor-screening example', () => {
  const { models, dataSources } = readResources().machineLearning;
  const input = readCsv(INPUT);
  const labels = readCsv('data/tumor-screening-labels.csv').map((row) => row['malignant']);

  it('scores the held-out records with the AUC that the README states', () => {
    const { model } = models['ml-tumor-screening']!;
    const scores = input.map((record) => linearScore(model, record));
    const area = areaUnderCurve(
      scores.filter((_, index) => labels[index] === '1'),
      scores.filter((_, index) => labels[index] === '0'),
    );
    expect(readExample('README.md')).toContain(`AUC on the ${input.length} held-out records: ${area.toFixed(4)}.`);
  });

  it('has one label for each record of the input', () => {
    expect(labels).toHaveLength(input.length);
    expect(new Set(labels)).toEqual(new Set(['0', '1']));
  });

  it('holds every record of the data set once, and no record both in training and in the input', () => {
    const measurements = [...readCsv(TRAINING), ...input].map((record) =>
      columns(INPUT)
        .map((column) => record[column])
        .join(','),
    );
    expect(new Set(measurements).size).toBe(569);
    expect(measurements).toHaveLength(569);
  });

  it('has data sources whose attributes are the columns of their files, in order', () => {
    const attributes = (id: string) => dataSources[id]!.schema.attributes.map(({ fieldName }) => fieldName);
    expect(attributes('ds-tumor-screening')).toEqual(columns(INPUT));
    expect(attributes('ds-tumor-training')).toEqual(columns(TRAINING));
  });

  it('has a coefficient for every column of the input', () => {
    expect(Object.keys(models['ml-tumor-screening']!.model.coefficients)).toEqual(columns(INPUT));
  });
});
