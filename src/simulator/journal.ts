import { closeSync, existsSync, openSync, readFileSync, renameSync, writeFileSync, writeSync } from 'node:fs';
import type { ZodType } from 'zod';

/**
 * A file of JSON lines that only grows. A line is with the operating system before `append` returns, so that what a
 * client was told is still known after a `kill -9`.
 */
export class Journal<Entry> {
  readonly #file: number;
  #isClosed = false;

  private constructor(path: string) {
    this.#file = openSync(path, 'a');
  }

  /**
   * Reads a journal, or begins one, and goes on with it.
   *
   * @param compact picks the entries that are still worth keeping; the file is rewritten to hold these alone
   * @throws Error that names the file and the line when an entry cannot be read
   */
  static open<Entry>(
    path: string,
    schema: ZodType<Entry>,
    compact: (entries: Entry[]) => Entry[] = (entries) => entries,
  ): { journal: Journal<Entry>; entries: Entry[] } {
    const entries = compact(existsSync(path) ? readEntries(path, schema) : []);
    const temporary = `${path}.new`;
    writeFileSync(temporary, entries.map(toLine).join(''));
    renameSync(temporary, path);
    return { journal: new Journal<Entry>(path), entries };
  }

  append(entry: Entry): void {
    // The system may have given the number of a closed file to another one.
    if (this.#isClosed) throw new Error('The simulator is closed.');
    writeSync(this.#file, toLine(entry));
  }

  close(): void {
    this.#isClosed = true;
    closeSync(this.#file);
  }
}

const toLine = (entry: unknown): string => `${JSON.stringify(entry)}\n`;

function readEntries<Entry>(path: string, schema: ZodType<Entry>): Entry[] {
  // What follows the last line end is nothing, or a line that a crash cut short.
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1);
  return lines.map((line, index) => {
    try {
      return schema.parse(JSON.parse(line));
    } catch (cause) {
      throw new Error(
        `Line ${index + 1} of ${path} is not an entry of the simulator's state. ` +
          `Delete this line, or the file to begin without what it remembers.`,
        { cause },
      );
    }
  });
}
