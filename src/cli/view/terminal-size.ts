import type { WriteStream } from 'node:tty';

/** What a reader of a pipe or a file is given; terminals are seldom narrower. */
const DEFAULT_COLUMNS = 120;

/** Width of the terminal behind a stream. */
export function columnsOf(stream: Partial<Pick<WriteStream, 'columns'>>): number {
  return stream.columns || DEFAULT_COLUMNS;
}

/** Width for texts that a person reads in a terminal and a program may look for in a pipe, where no line must be broken. */
export function readingColumnsOf(stream: Partial<Pick<WriteStream, 'columns'>>): number {
  return stream.columns || Number.POSITIVE_INFINITY;
}
