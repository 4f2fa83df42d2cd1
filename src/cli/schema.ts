import { pipelineJsonSchema } from '../pipeline/validation/schema.ts';
import { USES } from '../uses-catalog.ts';
import { printJson } from './process/output.ts';

/** `nightscore schema`: the JSON Schema of pipeline files. */
export function schema(): void {
  printJson(pipelineJsonSchema(USES));
}
