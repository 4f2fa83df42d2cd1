import { basename, extname } from 'node:path';
import { loadPipelineFile, PipelineFileError } from '../pipeline-files.ts';
import { counted, grouped } from '../pipeline/wording.ts';
import { EXIT_CODES } from './process/exit-codes.ts';
import { note, print } from './process/output.ts';

/** `nightscore validate`: every problem of every file, and a warning for one that cannot be found by its pipeline's name. */
export async function validate(files: readonly string[]): Promise<void> {
  let invalid = 0;
  for (const file of files) {
    try {
      const { name, steps } = await loadPipelineFile(file);
      print(`${file}: pipeline ${name} is valid (${counted(Object.keys(steps).length, 'step')})`);
      if (basename(file, extname(file)) !== name) note(misnamed(file, name));
    } catch (error) {
      if (!(error instanceof PipelineFileError)) throw error;
      invalid += 1;
      note(error.message);
    }
  }
  if (invalid === 0) return;
  note(`${grouped(invalid)} of ${counted(files.length, 'file')} ${invalid === 1 ? 'is' : 'are'} not valid.`);
  process.exitCode = EXIT_CODES.invalid;
}

function misnamed(file: string, pipeline: string): string {
  return (
    `Warning: ${file}: it is not called ${pipeline}.yaml. \`nightscore start ${pipeline}\`, the HTTP API and schedules look for a pipeline in the ` +
    'file of its name.'
  );
}
