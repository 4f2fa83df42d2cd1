import { describe, expect, it } from 'vitest';
import { question } from '../../../src/cli/replay/replay-one.ts';
import type { ReplayAction } from '../../../src/pipeline/replay-plan.ts';

function asked(action: ReplayAction, paysAgain: number, isNothingToDo = false): string | undefined {
  const steps = [{ step: 'score', uses: 's3/copy', action, why: '' }];
  return question({ run: 'churn/2026-11-20', of: '', steps, paysAgain, isNothingToDo, warnings: [] });
}

describe('the question before the replay of a run', () => {
  it('says what is paid for again', () => {
    expect(asked('pay again', 1)).toBe('Replay run churn/2026-11-20, and pay for 1 job again?');
    expect(asked('adopt', 0)).toBe('Replay run churn/2026-11-20?');
  });

  it('says what is paid for the first time, too', () => {
    const steps = [{ step: 'check', uses: 's3/copy', action: 'run', why: '', isFirstJob: true } as const];
    const plan = { run: 'churn/2026-11-20', of: '', steps: [...steps], isNothingToDo: false, warnings: [] };
    expect(question({ ...plan, paysAgain: 2 })).toBe(
      'Replay run churn/2026-11-20, and pay for 2 jobs again and 1 first job?',
    );
    expect(question({ ...plan, paysAgain: 0 })).toBe('Replay run churn/2026-11-20, and pay for 1 first job?');
  });

  it('is not asked when there is nothing to do', () => {
    expect(asked('reuse', 0, true)).toBeUndefined();
  });
});
