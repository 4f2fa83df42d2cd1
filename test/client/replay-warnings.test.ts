import { describe, expect, it } from 'vitest';
import { replayWarnings } from '../../src/client/replay-warnings.ts';
import type { PlannedStep, ReplayAction } from '../../src/pipeline/replay-plan.ts';
import type { EarlierStep } from '../../src/pipeline/replay.ts';
import { jobStep, pipeline } from '../support/example-pipelines.ts';

const AML = 'machine-learning/batch-prediction';

function planned(actions: Record<string, ReplayAction>): PlannedStep[] {
  return Object.entries(actions).map(([step, action]) => ({ step, uses: AML, action, why: '' }));
}

describe('a plan warns', () => {
  const started: EarlierStep = { uses: AML, state: 'starting', attempt: 2, runId: '1' };

  it('of a start that nobody looks after, although nobody knows whether there is a job', () => {
    const definition = pipeline('p', { score: jobStep(AML) });
    const earlier = { score: started, gone: started };
    expect(replayWarnings(definition, earlier, planned({ score: 'adopt' }))).toEqual([
      'Step gone is no longer in the definition, and whether attempt 2 of it left a job is not known: look at AWS.',
    ]);
    expect(replayWarnings(definition, { score: started }, planned({ score: 'skip' }))).toEqual([
      'Step score will be skipped, and whether attempt 2 of it left a job is not known: look at AWS.',
    ]);
  });

  it('not of a follow-up that was under way, which is no job', () => {
    const copying = { ...started, uses: 's3/copy', state: 'running' } as const;
    expect(replayWarnings(pipeline('p', {}), { publish: copying }, planned({ publish: 'run' }))).toEqual([]);
    expect(replayWarnings(pipeline('p', {}), { publish: copying }, [])).toEqual([]);
  });

  it('of a step that is reused beside a source which is made again, and that it takes nothing from by an expression', () => {
    const definition = pipeline('p', {
      score: jobStep(AML),
      publish: { uses: 's3/copy', needs: ['score'], with: { from: 's3://b/out/', to: 's3://b/latest/' } },
      clean: { uses: 's3/copy', needs: ['score'], if: 'always()', with: { from: 's3://b/a/', to: 's3://b/b/' } },
    });
    const reused = { publish: 'reuse', clean: 'reuse' } as const;
    expect(replayWarnings(definition, {}, planned({ score: 'pay again', ...reused }))).toEqual([
      expect.stringMatching(/^Step publish needs score, made anew, .* is reused\. .* replay from publish\.$/),
    ]);
    for (const action of ['reuse', 'adopt', 'skip'] as const)
      expect(replayWarnings(definition, {}, planned({ score: action, ...reused }))).toEqual([]);
  });
});
