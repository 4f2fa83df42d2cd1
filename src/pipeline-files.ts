import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import type { PipelineDefinition } from './pipeline/definition.ts';
import { parsePipeline } from './pipeline/validation/parse.ts';
import { formatProblem, type Problem } from './pipeline/validation/problem.ts';
import { suggestionFor } from './pipeline/suggestion.ts';
import { USES } from './uses-catalog.ts';

const EXTENSIONS = ['.yaml', '.yml'];

/** Larger files are refused unread. */
const MAX_FILE_BYTES = 1024 * 1024;

/** A pipeline file that cannot be used; `problems` says where and why. */
export class PipelineFileError extends Error {
  override readonly name = 'PipelineFileError';
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(problems.map(formatProblem).join('\n'));
    this.problems = problems;
  }
}

/** The folder of pipelines cannot be read. */
export class PipelineFolderError extends PipelineFileError {}

/** The file of a pipeline: the path itself if it is one, or the file in the folder that has the pipeline's name. Throws a PipelineFileError. */
export async function findPipeline(nameOrPath: string, folder: string): Promise<string> {
  if (nameOrPath.includes('/') || EXTENSIONS.includes(extname(nameOrPath))) return nameOrPath;
  const files = await pipelineFiles(folder);
  const found = files.find((file) => basename(file, extname(file)) === nameOrPath);
  if (found !== undefined) return found;
  const names = files.map((file) => basename(file, extname(file)));
  const suggestion = suggestionFor(nameOrPath, names);
  const there = names.length > 0 ? `it holds ${names.join(', ')}` : 'it holds none';
  const message = `there is no pipeline ${JSON.stringify(nameOrPath)} in this folder (NIGHTSCORE_PIPELINES); ${there}`;
  throw fileError(folder, message, suggestion);
}

/** Every pipeline file of a folder, by name. Throws a PipelineFolderError when there is no such folder. */
export async function pipelineFiles(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    const message = `the folder of pipelines (NIGHTSCORE_PIPELINES) cannot be read: ${error.code}`;
    throw new PipelineFolderError([{ file: folder, line: 0, column: 0, path: '', message }]);
  });
  return names
    .filter((name) => EXTENSIONS.includes(extname(name)))
    .toSorted()
    .map((name) => join(folder, name));
}

/** Reads and checks a pipeline file. Throws a PipelineFileError with everything that is wrong with it. */
export async function loadPipelineFile(file: string): Promise<PipelineDefinition> {
  const parsed = parsePipeline(await readSmallFile(file), { file, uses: USES });
  if (!parsed.definition) throw new PipelineFileError(parsed.problems);
  return parsed.definition;
}

async function readSmallFile(file: string): Promise<string> {
  try {
    const { size } = await stat(file);
    if (size > MAX_FILE_BYTES) throw fileError(file, `the file is larger than 1 MB (${size} bytes)`);
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof PipelineFileError) throw error;
    throw fileError(file, `the file cannot be read: ${(error as NodeJS.ErrnoException).code}`);
  }
}

function fileError(file: string, message: string, suggestion?: string): PipelineFileError {
  return new PipelineFileError([
    { file, line: 0, column: 0, path: '', message, ...(suggestion !== undefined && { suggestion }) },
  ]);
}
