import { describe, expect, it } from 'vitest';
import { LiveView } from '../../../src/cli/view/live-view.ts';

const ESCAPE = '\u001b';
const TOKEN = new RegExp(String.raw`${ESCAPE}\[[?\d]*[A-Za-z]|[^${ESCAPE}]`, 'gu');

const COLUMNS = 20;

/** What a terminal of so many rows shows after the frames were written. Knows the few controls that the view uses. */
function screen(rows: number, frames: string[][]): { lines: string[]; writes: string[] } {
  const writes: string[] = [];
  const view = new LiveView({ rows, write: (text: string) => writes.push(text) > 0 });
  for (const frame of frames) view.show(frame);
  const lines: string[] = [''];
  let row = 0;
  let column = 0;
  for (const [token] of writes.join('').matchAll(TOKEN)) {
    if (token.endsWith('A') && token.length > 1) row -= Number(/\d+/.exec(token)?.[0]);
    else if (token === '\u001b[K') lines[row] = (lines[row] ?? '').slice(0, column);
    else if (token === '\u001b[J') lines.splice(row, Infinity, (lines[row] ?? '').slice(0, column));
    else if (token === '\r') column = 0;
    else if (token === '\n') {
      row += 1;
      column = 0;
      lines[row] ??= '';
    } else if (!token.startsWith('\u001b')) {
      const line = lines[row] ?? '';
      lines[row] = line.slice(0, column) + token + line.slice(column + 1);
      column = Math.min(column + 1, COLUMNS - 1);
    }
  }
  return { lines, writes };
}

describe('LiveView', () => {
  it('draws each frame over the last one, shorter and longer lines included', () => {
    expect(
      screen(10, [
        ['one', 'a long line'],
        ['three', 'four'],
        ['5', '6', '7'],
      ]).lines,
    ).toEqual(['5', '6', '7', '']);
  });

  it('shows a line that is as wide as the terminal to its last character', () => {
    const wide = 'x'.repeat(COLUMNS);
    expect(screen(10, [[wide], [wide]]).lines).toEqual([wide, '']);
  });

  it('leaves nothing of a taller frame', () => {
    expect(screen(10, [['1', '2', '3'], ['4']]).lines).toEqual(['4', '']);
  });

  it('writes a frame at once, so that no half frame is seen', () => {
    expect(screen(10, [['1', '2', '3']]).writes).toHaveLength(1);
  });

  it('never draws more lines than the terminal can redraw', () => {
    expect(
      screen(3, [
        ['1', '2', '3', '4'],
        ['5', '6', '7', '8'],
      ]).lines,
    ).toEqual(['5', '6', '']);
  });
});
