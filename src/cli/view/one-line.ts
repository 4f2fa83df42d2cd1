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

/** A text in lines that are no longer than that, broken between words; a word that is longer, such as the id of a job, is broken where the line ends. */
export function wrapped(text: string, columns: number): string[] {
  if (text.length <= columns) return [text];
  const line = new RegExp(String.raw`\S.{0,${columns - 1}}(?=\s|$)|\S{${columns}}`, 'gu');
  return text.match(line) ?? [];
}
