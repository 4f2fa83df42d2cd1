import { basename, extname } from 'node:path';
import type { PipelineDefinition } from '../../pipeline/definition.ts';
import type { Problem } from '../../pipeline/validation/problem.ts';
import { loadPipelineFile, pipelineFiles, PipelineFileError } from '../../pipeline-files.ts';

export interface LoadedFolder {
  pipelines: PipelineDefinition[];
  /** Everything that is wrong with the others. */
  problems: Problem[];
}

/** Every pipeline of a folder. Throws a PipelineFileError when there is no such folder. */
export async function loadFolder(folder: string): Promise<LoadedFolder> {
  const loaded: LoadedFolder = { pipelines: [], problems: [] };
  for (const file of await pipelineFiles(folder)) {
    try {
      const pipeline = await loadPipelineFile(file);
      loaded.pipelines.push(pipeline);
      loaded.problems.push(...nameProblems(file, pipeline));
    } catch (error) {
      if (!(error instanceof PipelineFileError)) throw error;
      loaded.problems.push(...error.problems);
    }
  }
  return loaded;
}

/** Workers find the pipeline of a schedule by the name of its file. */
function nameProblems(file: string, { name, schedule }: PipelineDefinition): Problem[] {
  if (schedule === undefined || basename(file, extname(file)) === name) return [];
  const message = `a pipeline with a schedule needs its own name as that of its file: ${name}.yaml`;
  return [{ file, line: 0, column: 0, path: 'name', message }];
}
