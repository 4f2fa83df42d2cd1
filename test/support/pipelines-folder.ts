import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PipelineDefinition } from '../../src/pipeline/definition.ts';

export interface PipelinesFolder {
  path: string;
  /** Writes the file of a pipeline, or another one in its place. */
  write(definition: PipelineDefinition): Promise<void>;
  /** Writes a file as it is. */
  writeText(name: string, text: string): Promise<void>;
  remove(pipeline: string): Promise<void>;
  close(): Promise<void>;
}

/** A folder of pipeline files. */
export async function pipelinesFolder(definitions: readonly PipelineDefinition[] = []): Promise<PipelinesFolder> {
  const path = await mkdtemp(join(tmpdir(), 'nightscore-pipelines-'));
  const fileOf = (name: string) => join(path, `${name}.yaml`);
  // JSON is YAML as well.
  const write = (definition: PipelineDefinition) => writeFile(fileOf(definition.name), JSON.stringify(definition));
  for (const definition of definitions) await write(definition);
  return {
    path,
    write,
    writeText: (name, text) => writeFile(fileOf(name), text),
    remove: (name) => rm(fileOf(name)),
    close: () => rm(path, { recursive: true }),
  };
}
