import { CancellationScope, workflowInfo } from '@temporalio/workflow';
import type { LoadedPipeline } from '../pipeline/loaded-pipeline.ts';
import type { Json, StepDefinition } from '../pipeline/definition.ts';
import { runValues, stepValues, type ExpressionContext, type StepOutputs } from '../pipeline/expression-context.ts';
import { evaluateCondition, renderWith } from '../pipeline/expression.ts';
import { DEFAULT_CONDITION } from '../pipeline/plan.ts';
import type { StepReport } from '../pipeline/report.ts';
import { activitiesOn } from './activities.ts';
import { messageOf } from './failure-message.ts';
import { runJob } from './run-job.ts';
import type { RunRecord } from './run-record.ts';

type StepEnd = Pick<StepReport, 'outcome' | 'error' | 'job' | 'attempt'>;

/**
 * Runs one step whose needs, direct and indirect, have ended. Never throws for the step's sake: how it ended is in the record.
 * What a follow-up hands on is put into `outputs`.
 */
export async function runStep(
  id: string,
  needs: readonly string[],
  loaded: LoadedPipeline,
  record: RunRecord,
  outputs: Map<string, StepOutputs>,
): Promise<void> {
  if (CancellationScope.current().consideredCancelled) {
    record.stepEnded(id, { outcome: 'cancelled', attempt: 0 });
    return;
  }
  const step = stepOf(loaded, id);
  try {
    const context = contextOf(needs, loaded, record, outputs);
    if (!evaluateCondition(step.if ?? DEFAULT_CONDITION, context)) {
      record.stepEnded(id, { outcome: 'skipped', attempt: 0 });
      return;
    }
    const input = renderWith(step.with, context) as { [member: string]: Json };
    const run = loaded.kinds[id] === 'job' ? runJobStep : runFollowUpStep;
    record.stepEnded(id, await run(id, step, input, record, outputs));
  } catch (error) {
    const cancelled = CancellationScope.current().consideredCancelled;
    record.stepEnded(id, { outcome: cancelled ? 'cancelled' : 'failed', attempt: 0, error: messageOf(error) });
  }
}

function stepOf({ definition }: LoadedPipeline, id: string): StepDefinition {
  const step = definition.steps[id];
  if (!step) throw new Error(`Pipeline ${definition.name} has no step ${id}`);
  return step;
}

function contextOf(
  needs: readonly string[],
  { definition, params }: LoadedPipeline,
  { report }: RunRecord,
  outputs: ReadonlyMap<string, StepOutputs>,
): ExpressionContext {
  const steps = needs.flatMap((need) => {
    const ended = report.steps[need];
    return ended ? [[need, stepValues(ended, outputs.get(need))] as const] : [];
  });
  return {
    run: runValues(definition, report.run.key),
    params,
    paramDefinitions: definition.params,
    steps: Object.fromEntries(steps),
  };
}

async function runJobStep(
  id: string,
  step: StepDefinition,
  input: { [member: string]: Json },
  record: RunRecord,
): Promise<StepEnd> {
  const { uses, region, timeout, retry, gate, onCancel } = step;
  return runJob({
    uses,
    with: input,
    step: id,
    ...(region !== undefined && { region }),
    ...(timeout !== undefined && { timeout }),
    ...(retry !== undefined && { retry }),
    ...(gate !== undefined && { gate }),
    ...(onCancel !== undefined && { onCancel }),
    onProgress: (progress) => record.stepChanged(id, progress),
  });
}

async function runFollowUpStep(
  id: string,
  { uses, region }: StepDefinition,
  input: { [member: string]: Json },
  record: RunRecord,
  outputs: Map<string, StepOutputs>,
): Promise<StepEnd> {
  record.stepChanged(id, { state: 'running', attempt: 1 });
  const { runFollowUp } = activitiesOn(workflowInfo().taskQueue, id);
  outputs.set(id, await runFollowUp({ uses, with: input, ...(region !== undefined && { region }) }));
  return { outcome: 'succeeded', attempt: 1 };
}
