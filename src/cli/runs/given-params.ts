import { InvalidInputError } from '../../client/errors.ts';
import type { Params, PipelineDefinition } from '../../pipeline/definition.ts';
import { parseParamTexts } from '../../pipeline/params.ts';
import { withSuggestion } from '../../pipeline/suggestion.ts';

/** The values of `--param NAME=VALUE` options, by the types that the pipeline declares. Throws an InvalidInputError with everything that is wrong. */
export function givenParams(definition: PipelineDefinition, texts: readonly string[]): Params {
  const { given, problems } = parseParamTexts(definition, texts);
  if (problems.length === 0) return given;
  throw new InvalidInputError(problems.map(({ message, suggestion }) => withSuggestion(message, suggestion)));
}
