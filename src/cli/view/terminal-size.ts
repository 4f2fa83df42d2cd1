import type { WriteStream } from 'node:tty';

/** What a reader of a pipe or a file is given; terminals are seldom narrower. */
const DEFAULT_COLUMNS = 120;

/** Width of the terminal behind a stream. */
export function columnsOf(stream: Partial<Pick<WriteStream, 'columns'>>): number {
  return stream.columns || DEFAULT_COLUMNS;
}
