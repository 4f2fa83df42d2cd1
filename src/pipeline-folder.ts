import { statSync } from 'node:fs';
import { basename, extname } from 'node:path';
import { loadPipelineFile, pipelineFiles, PipelineFileError } from './pipeline-files.ts';
import type { PipelineDefinition } from './pipeline/definition.ts';
import { quoted } from './pipeline/wording.ts';

/** The folder of pipelines has none of this name. */
export class PipelineNotFoundError extends Error {
  override readonly name = 'PipelineNotFoundError';

  constructor(pipeline: string) {
    super(`There is no pipeline ${quoted(pipeline)}.`);
  }
}

interface CachedPipeline {
  file: string;
  /** Changes whenever the file does. */
  version: string;
  definition: PipelineDefinition;
}

/** The pipelines of a folder by name, for whoever asks often: a file is read and checked again only when it has changed. */
export class PipelineFolder {
  readonly #folder: string;
  readonly #cache = new Map<string, CachedPipeline>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Names of the pipelines that have a file, whether it is right or not. Throws a PipelineFolderError when there is no such folder. */
  async names(): Promise<string[]> {
    return (await pipelineFiles(this.#folder)).map(nameOf);
  }

  /** Throws a PipelineNotFoundError, a PipelineFolderError, and a PipelineFileError with everything that is wrong with the file. */
  async load(name: string): Promise<PipelineDefinition> {
    const cached = this.#cache.get(name);
    if (cached && versionOf(cached.file) === cached.version) return cached.definition;
    const file = (await pipelineFiles(this.#folder)).find((candidate) => nameOf(candidate) === name);
    const version = file === undefined ? undefined : versionOf(file);
    if (file === undefined || version === undefined) {
      this.#cache.delete(name);
      throw new PipelineNotFoundError(name);
    }
    const definition = await loadPipelineFile(file);
    if (definition.name !== name) throw holdsAnother(file, definition.name);
    this.#cache.set(name, { file, version, definition });
    return definition;
  }
}

function nameOf(file: string): string {
  return basename(file, extname(file));
}

/** Undefined when the file is gone. Not by a promise: that costs fifty times as much, at every start. */
function versionOf(file: string): string | undefined {
  const found = statSync(file, { throwIfNoEntry: false });
  return found && `${found.mtimeMs} ${found.size} ${found.ino}`;
}

function holdsAnother(file: string, other: string): PipelineFileError {
  const message = `the file holds another pipeline, ${other}: a file is named after its pipeline`;
  return new PipelineFileError([{ file, line: 0, column: 0, path: 'name', message }]);
}
