import { describe, expect, it } from 'vitest';
import { prepareRun } from '../../src/prepare-run.ts';
import { FAULTS } from '../../src/simulator/faults.ts';
import { CATALOG } from '../../src/services/catalog.ts';
import { planChaos } from './plan.ts';

describe('the plan of a chaos run', () => {
  it('is the same for the same seed, and another for another one', () => {
    expect(planChaos(7, 50)).toEqual(planChaos(7, 50));
    expect(planChaos(7, 50)).not.toEqual(planChaos(8, 50));
  });

  it('has every service, every fault, cancels, timeouts and kills of everything', () => {
    const { runs, events } = planChaos(1, 200);
    const steps = runs.flatMap(({ pipeline }) => Object.values(pipeline.steps));
    expect(new Set(steps.map(({ uses }) => uses))).toEqual(new Set(CATALOG.keys()));
    const faults = runs.flatMap((run) => run.faults.map(({ fault }) => fault));
    expect(new Set(faults)).toEqual(new Set(Object.keys(FAULTS)));
    expect(runs.some(({ cancelAfterMs }) => cancelAfterMs !== undefined)).toBe(true);
    expect(runs.some(({ terminateAfterMs }) => terminateAfterMs !== undefined)).toBe(true);
    expect(steps.some(({ timeout }) => timeout !== undefined)).toBe(true);
    expect(steps.some(({ onCancel }) => onCancel === 'leave')).toBe(true);
    expect(events.filter(({ kind }) => kind === 'kill-temporal')).toHaveLength(2);
    expect(events.filter(({ kind }) => kind === 'kill-worker').length).toBeGreaterThan(10);
  });

  it('has only runs that Nightscore accepts, each with an id of its own', () => {
    const { runs } = planChaos(3, 60);
    for (const { pipeline, key } of runs) expect(prepareRun(pipeline, key, {}).problems).toBeUndefined();
    expect(new Set(runs.map(({ id }) => id)).size).toBe(60);
  });
});
