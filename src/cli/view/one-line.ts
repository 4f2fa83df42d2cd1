import { stripVTControlCharacters } from 'node:util';

/** A text of a service or of a library on one line, without what would move a terminal's cursor. */
export function oneLine(text: string): string {
  return stripVTControlCharacters(text)
    .replaceAll(/[\p{Cc}\s]+/gu, ' ')
    .trim();
}

/** A text that is cut, visibly, where it is longer than a line of the terminal. */
export function clipped(text: string, columns: number): string {
  return text.length > columns ? `${text.slice(0, Math.max(0, columns - 1))}…` : text;
}
