import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PipelineDefinition, StepDefinition } from '../../src/pipeline/definition.ts';
import { planSteps } from '../../src/pipeline/plan.ts';

type Steps = Record<string, Partial<StepDefinition>>;

function pipeline(steps: Steps): PipelineDefinition {
  const complete = Object.entries(steps).map(([id, step]) => [id, { uses: 's3/copy', with: {}, ...step }]);
  return { name: 'p', steps: Object.fromEntries(complete) };
}

const indexes = (size: number): number[] => Array.from({ length: size }, (_, index) => index);

/** Any acyclic graph: a step needs some of the steps before it, and the file lists them in any order. */
const acyclicSteps: fc.Arbitrary<Steps> = fc
  .integer({ min: 1, max: 12 })
  .chain((size) =>
    fc.tuple(
      fc.tuple(...indexes(size).map((index) => fc.subarray(indexes(index)))),
      fc.shuffledSubarray(indexes(size), { minLength: size }),
    ),
  )
  .map(([needs, fileOrder]) =>
    Object.fromEntries(
      fileOrder.map((index) => [`s${index}`, { needs: (needs[index] ?? []).map((need) => `s${need}`) }]),
    ),
  );

describe('the plan of a pipeline', () => {
  test('keeps the order of the file where the needs leave a choice', () => {
    const plan = planSteps(
      pipeline({ alert: { needs: ['score', 'publish'] }, score: {}, other: {}, publish: { needs: ['score'] } }),
    );
    expect(plan.order).toEqual(['score', 'publish', 'alert', 'other']);
  });

  test('knows direct and indirect needs', () => {
    const plan = planSteps(pipeline({ a: {}, b: { needs: ['a'] }, c: { needs: ['b'] } }));
    expect(plan.directNeeds.get('c')).toEqual(['b']);
    expect(plan.allNeeds.get('c')).toEqual(['a', 'b']);
  });

  test('refuses steps that need each other, and names them', () => {
    const definition = pipeline({ x: {}, a: { needs: ['c'] }, b: { needs: ['a'] }, c: { needs: ['b'] } });
    expect(() => planSteps(definition)).toThrow('a -> c -> b -> a');
  });

  test('refuses a need that is no step, also one that every object has', () => {
    expect(() => planSteps(pipeline({ a: { needs: ['constructor'] } }))).toThrow(
      'a needs constructor, which is not a step',
    );
  });

  test('names no step before its needs', () => {
    fc.assert(
      fc.property(acyclicSteps, (steps) => {
        const { order } = planSteps(pipeline(steps));
        expect([...order].sort()).toEqual(Object.keys(steps).sort());
        for (const [id, { needs = [] }] of Object.entries(steps)) {
          for (const need of needs) expect(order.indexOf(need)).toBeLessThan(order.indexOf(id));
        }
      }),
    );
  });

  test('counts as needs exactly what has to end first, near and far', () => {
    fc.assert(
      fc.property(acyclicSteps, (steps) => {
        const { order, allNeeds } = planSteps(pipeline(steps));
        for (const id of order) {
          const direct = steps[id]?.needs ?? [];
          const expected = new Set([...direct, ...direct.flatMap((need) => allNeeds.get(need) ?? [])]);
          expect(new Set(allNeeds.get(id))).toEqual(expected);
        }
      }),
    );
  });
});
