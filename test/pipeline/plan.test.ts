import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PipelineDefinition, StepDefinition } from '../../src/pipeline/definition.ts';
import { nextSteps, planSteps, type StepProgress } from '../../src/pipeline/plan.ts';

type Steps = Record<string, Partial<StepDefinition>>;

function pipeline(steps: Steps): PipelineDefinition {
  const complete = Object.entries(steps).map(([id, step]) => [id, { uses: 's3/copy', with: {}, ...step }]);
  return { name: 'p', steps: Object.fromEntries(complete) };
}

/** Any acyclic graph: a step needs some of the steps before it, and the file lists them in any order. */
const acyclicSteps: fc.Arbitrary<Steps> = fc
  .integer({ min: 1, max: 12 })
  .chain((size) =>
    fc.tuple(
      fc.tuple(...Array.from({ length: size }, (_, index) => fc.subarray(Array.from({ length: index }, (_, i) => i)))),
      fc.array(fc.boolean(), { minLength: size, maxLength: size }),
      fc.shuffledSubarray(
        Array.from({ length: size }, (_, index) => index),
        { minLength: size },
      ),
    ),
  )
  .map(([needs, conditions, fileOrder]) =>
    Object.fromEntries(
      fileOrder.map((index) => [
        `s${index}`,
        {
          needs: (needs[index] ?? []).map((need) => `s${need}`),
          ...(conditions[index] ? { if: 'always()' } : {}),
        },
      ]),
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
});

describe('the next steps', () => {
  const plan = planSteps(
    pipeline({
      score: {},
      publish: { needs: ['score'] },
      alert: { needs: ['score', 'publish'], if: 'failed()' },
      after_alert: { needs: ['alert'] },
    }),
  );

  test('are at first those that need nothing', () => {
    expect(nextSteps(plan, {})).toEqual({ ready: ['score'], conditional: [], skipped: [] });
  });

  test('are none while a need goes on', () => {
    expect(nextSteps(plan, { score: 'begun' })).toEqual({ ready: [], conditional: [], skipped: [] });
  });

  test('are those whose needs have succeeded', () => {
    expect(nextSteps(plan, { score: 'succeeded' }).ready).toEqual(['publish']);
  });

  test('skip what needs a failed step, and leave what has a condition to its condition', () => {
    expect(nextSteps(plan, { score: 'failed' })).toEqual({ ready: [], conditional: [], skipped: ['publish'] });
    expect(nextSteps(plan, { score: 'failed', publish: 'skipped' }).conditional).toEqual(['alert']);
  });

  test('skip what needs a step that did not succeed, however far away it is', () => {
    const progress = { score: 'failed', publish: 'skipped', alert: 'succeeded' } as const;
    expect(nextSteps(plan, progress).skipped).toEqual(['after_alert']);
  });

  test('never begin before their needs have ended, and drain every acyclic graph', () => {
    const ending = fc.constantFrom<StepProgress>('succeeded', 'failed', 'stopped', 'lost', 'rejected', 'left-running');
    fc.assert(
      fc.property(acyclicSteps, fc.infiniteStream(ending), fc.infiniteStream(fc.boolean()), (steps, endings, held) => {
        const graph = planSteps(pipeline(steps));
        const progress: Record<string, StepProgress> = {};
        for (let round = 0; round <= graph.order.length; round += 1) {
          const { ready, conditional, skipped } = nextSteps(graph, progress);
          for (const id of [...ready, ...conditional, ...skipped]) {
            expect(progress[id]).toBeUndefined();
            for (const need of graph.allNeeds.get(id) ?? []) expect(progress[need]).toBeDefined();
          }
          for (const id of skipped) progress[id] = 'skipped';
          for (const id of conditional) progress[id] = held.next().value ? endings.next().value : 'skipped';
          for (const id of ready) progress[id] = endings.next().value;
        }
        expect(Object.keys(progress).sort()).toEqual([...graph.order].sort());
      }),
    );
  });
});
