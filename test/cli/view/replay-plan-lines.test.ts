import { describe, expect, it } from 'vitest';
import { paintNothing } from '../../../src/cli/view/paint.ts';
import { replayPlanLines } from '../../../src/cli/view/replay-plan-lines.ts';
import { previewLines } from '../../../src/cli/view/replays-lines.ts';
import type { PlannedStep } from '../../../src/pipeline/replay-plan.ts';

const JOB = 'tumor-screening-2026-11-20-score-1-0123456789abcdef';
const WHY = `it uses what score made, and that is made again; job ${JOB} may run beside the new one`;

function planned(step: string, why: string): PlannedStep {
  const last = { records: { total: 4_000, processed: 4_000, invalid: 24 }, durationMs: 725_000 };
  return { step, uses: 's3/copy', action: 'pay again', why, last };
}

function lines(columns: number, steps: PlannedStep[] = [planned('score', WHY)]): string[] {
  const facts = { paysAgain: 1, isNothingToDo: false, warnings: [`Look at AWS. ${WHY}`] };
  const plan = { run: 'tumor-screening/2026-11-20', of: '', steps, ...facts };
  return replayPlanLines(plan, { columns, paint: paintNothing });
}

describe('the plan of a replay', () => {
  it('breaks between words where the terminal ends, and only a word that is longer within', () => {
    expect(lines(80).slice(2, 6)).toEqual([
      'score  pay again  4,000, 24 invalid  12:05  it uses what score made, and that is',
      '                                            made again; job',
      `                                            ${JOB.slice(0, 36)}`,
      `                                            ${JOB.slice(36)} may run beside the`,
    ]);
  });

  it.each([80, 120])('is no wider than a terminal of %i columns, and loses nothing', (columns) => {
    const step = 'a'.repeat(40);
    const all = lines(columns, [planned(step, WHY), planned('b', 'it failed')]);
    expect(Math.max(...all.map((line) => line.length))).toBeLessThanOrEqual(columns);
    expect(
      all
        .filter((line) => /^a+( |$)/.test(line))
        .map((line) => line.split(' ')[0])
        .join(''),
    ).toBe(step);
  });

  it('keeps each step on its line where nobody reads in a terminal', () => {
    expect(lines(Number.POSITIVE_INFINITY).slice(2)).toEqual([
      `score  pay again  4,000, 24 invalid  12:05  ${WHY}`,
      `Warning: Look at AWS. ${WHY}`,
    ]);
  });
});

describe('the preview of many replays', () => {
  it('has a total, the warnings and what is left out, no wider than the terminal', () => {
    const preview = { of: '', status: 'failed', actions: { 'pay again': 2 } } as const;
    const all = previewLines(
      [
        { ...preview, run: 'churn/2026-11-20', paysAgain: 2, paysFirst: 1, paysFor: [], warnings: [WHY] },
        { ...preview, run: 'fraud/2026-11-20', paysAgain: 2, paysFirst: 1, paysFor: [], warnings: [] },
        { ...preview, run: 'lost/2026-11-20', paysAgain: 0, paysFirst: 0, paysFor: [], warnings: [], problem: WHY },
      ],
      { columns: 80, paint: paintNothing },
    );
    expect(all).toContain('2 runs, 4 jobs paid again, 2 first jobs.');
    expect(all.join(' ')).toContain(`Warning: churn/2026-11-20: ${WHY}`);
    expect(all.join(' ')).toContain(`Not replayed: lost/2026-11-20: ${WHY}`);
    expect(Math.max(...all.map((line) => line.length))).toBeLessThanOrEqual(80);
  });
});
