import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { EXPRESSION_FUNCTIONS } from '../../src/pipeline/expressions/expression-functions.ts';
import { formatProblem, parsePipeline } from '../../src/pipeline/validation/parse.ts';
import { JOB_KEYS } from '../../src/pipeline/definition.ts';
import { pipelineShape, stepShape } from '../../src/pipeline/validation/shape.ts';
import { USES } from '../../src/uses-catalog.ts';

const page = readFileSync(new URL('../../docs/pipelines.md', import.meta.url), 'utf8');
const examples = [...page.matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, example = '']) => example);

describe('the page about pipeline files', () => {
  test.each(examples)('has a valid example: %.20s', (example) => {
    const { problems } = parsePipeline(example, { file: 'docs/pipelines.md', uses: USES });
    expect(problems.map(formatProblem)).toEqual([]);
  });

  test('has examples', () => {
    expect(examples.length).toBeGreaterThan(1);
  });

  test.each([...Object.keys(pipelineShape.shape), ...Object.keys(stepShape.shape)])('tells of the key %s', (key) => {
    expect(page).toMatch(new RegExp(`^\\| \`${key}\` `, 'm'));
  });

  test.each(JOB_KEYS)('tells that %s is for jobs only', (key) => {
    expect(page).toMatch(new RegExp(`^\\| \`${key}\` +\\| Jobs only\\.`, 'm'));
  });

  test.each(Object.keys(EXPRESSION_FUNCTIONS))('tells of the function %s', (name) => {
    expect(page).toContain(`\`${name}(`);
  });
});
