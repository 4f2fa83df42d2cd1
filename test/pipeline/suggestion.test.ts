import { expect, test } from 'vitest';
import { suggestionFor } from '../../src/pipeline/suggestion.ts';

test.each([
  ['descripton', ['description', 'name'], 'description'],
  ['mlmodelid', ['MLModelId', 'OutputUri'], 'MLModelId'],
  ['if', ['of'], 'of'],
  ['colour', ['uses', 'needs', 'with'], undefined],
  ['', ['uses'], undefined],
  ['x'.repeat(10_000), ['uses'], undefined],
  ['uses', [], undefined],
])('%.20j among %j suggests %s', (name, candidates, suggestion) => {
  expect(suggestionFor(name, candidates)).toBe(suggestion);
});
