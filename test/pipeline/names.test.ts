import { describe, expect, test } from 'vitest';
import { nameProblem } from '../../src/pipeline/names.ts';

describe('names', () => {
  test.each([
    ['pipeline', 'churn-nightly'],
    ['pipeline', '7'],
    ['pipeline', 'a'.repeat(63)],
    ['key', '2026-11-20'],
    ['key', '2026-10-25T02+0200'],
    ['key', 'a'.repeat(128)],
    ['step', 'score_2'],
    ['param', 'inputBucket'],
  ] as const)('a %s may be called %s', (kind, name) => {
    expect(nameProblem(kind, name)).toBeUndefined();
  });

  test.each([
    ['pipeline', ''],
    ['pipeline', 'Churn'],
    ['pipeline', 'a_b'],
    ['pipeline', '-a'],
    ['pipeline', 'a-'],
    ['pipeline', 'a'.repeat(64)],
    ['pipeline', '../etc'],
    ['pipeline', 'a\n'],
    ['key', ''],
    ['key', '.'],
    ['key', '..'],
    ['key', '../x'],
    ['key', 'a/b'],
    ['key', 'a\\b'],
    ['key', 'a%2fb'],
    ['key', 'a\u0000b'],
    ['key', 'a\n'],
    ['key', "a'b"],
    ['key', 'a\u202eb'],
    ['key', 'a'.repeat(129)],
    ['step', 'my-step'],
    ['step', '_a'],
    ['step', 'Score'],
    ['param', '__proto__'],
    ['param', 'a-b'],
  ] as const)('a %s may not be called %j', (kind, name) => {
    expect(nameProblem(kind, name)).toContain('is not allowed');
  });

  test('the reason is one short line, whatever the name holds', () => {
    const problem = nameProblem('key', `a\n\u001b[31m${'x'.repeat(10_000)}`) ?? '';
    expect(problem.split('').filter((letter) => letter < ' ')).toEqual([]);
    expect(problem.length).toBeLessThan(300);
  });

  test('the reason tells why a step id has no hyphens', () => {
    expect(nameProblem('step', 'my-step')).toContain('expressions read them as minus');
  });
});
