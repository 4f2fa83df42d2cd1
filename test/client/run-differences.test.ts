import { describe, expect, it } from 'vitest';
import { definitionDifferences, paramDifferences } from '../../src/client/run-differences.ts';
import type { PipelineDefinition } from '../../src/pipeline/definition.ts';
import type { RunPipelineInput } from '../../src/workflows/run-pipeline.ts';

const size = { type: 'integer', default: 1 } as const;
const definition: PipelineDefinition = { name: 'churn', params: { size, bucket: { type: 'string' } }, steps: {} };
const named: RunPipelineInput = { pipeline: 'churn', key: '2026-11-20' };

describe('the parameters of a run that exists', () => {
  it('are the same when one side gives the default and the other nothing', () => {
    const run = { ...named, pipeline: definition, params: { size: 1 } };
    expect(paramDifferences(run, { definition, params: {} })).toEqual([]);
    expect(paramDifferences({ ...named, params: { size: 1 } }, { definition, params: {} })).toEqual([]);
  });

  it('differ where one side gives a value, the other another or none', () => {
    const run = { ...named, pipeline: definition, params: { bucket: 'a' } };
    expect(paramDifferences(run, { definition, params: { bucket: 'b', size: 2, more: true } })).toEqual([
      { what: 'params.size', run: 1, asked: 2 },
      { what: 'params.bucket', run: 'a', asked: 'b' },
      { what: 'params.more', run: undefined, asked: true },
    ]);
    expect(paramDifferences(run, { definition, params: {} })).toEqual([
      { what: 'params.bucket', run: 'a', asked: undefined },
    ]);
  });

  it('differ only where both sides give one, when nobody knows the defaults', () => {
    const run = { ...named, params: { bucket: 'a', size: 1 } };
    expect(paramDifferences(run, { params: { bucket: 'b', more: 1 } })).toEqual([
      { what: 'params.bucket', run: 'a', asked: 'b' },
    ]);
  });

  it('are compared also where the run was started with rubbish', () => {
    const rubbish = [
      { pipeline: null, key: 1, params: [] },
      { pipeline: { params: { size: null } }, key: 'a' },
      { pipeline: { params: 'x' }, key: 'a', params: 'y' },
    ] as unknown as RunPipelineInput[];
    for (const run of rubbish) expect(paramDifferences(run, { definition, params: { size: 1 } })).toBeInstanceOf(Array);
  });
});

describe('the definition of a run that exists', () => {
  it('differs in its innermost members', () => {
    const now = { ...definition, timeout: '1h', params: { size: { ...size, default: 2 } } };
    expect(definitionDifferences({ ...named, pipeline: definition }, { definition: now, params: {} })).toEqual([
      { what: 'pipeline.params.size.default', run: 1, asked: 2 },
      { what: 'pipeline.params.bucket', run: { type: 'string' }, asked: undefined },
      { what: 'pipeline.timeout', run: undefined, asked: '1h' },
    ]);
  });

  it('is not compared where a worker has read it from its own file', () => {
    expect(definitionDifferences(named, { definition, params: {} })).toEqual([]);
  });
});
