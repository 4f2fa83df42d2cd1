import { PipelineNotFoundError } from '../pipeline-folder.ts';
import type { PipelineDefinition } from '../pipeline/definition.ts';
import { suggestionFor, withSuggestion } from '../pipeline/suggestion.ts';
import { quoted } from '../pipeline/wording.ts';
import { mayTouch, type Caller } from './callers.ts';
import type { ApiContext } from './context.ts';
import { ApiProblem } from './problems.ts';

/**
 * The definition of a pipeline as it is now. Throws an ApiProblem when there is none, with what was probably meant, of the pipelines that the caller may
 * know of; and what `PipelineFolder.load` throws.
 */
export async function loadPipeline(
  { pipelines }: Pick<ApiContext, 'pipelines'>,
  caller: Caller,
  name: string,
): Promise<PipelineDefinition> {
  try {
    return await pipelines.load(name);
  } catch (error) {
    if (!(error instanceof PipelineNotFoundError)) throw error;
    const known = (await pipelines.names()).filter((one) => mayTouch(caller, one));
    const detail = `${withSuggestion(`There is no pipeline ${quoted(name)}`, suggestionFor(name, known))}.`;
    throw new ApiProblem('not-found', { detail });
  }
}
