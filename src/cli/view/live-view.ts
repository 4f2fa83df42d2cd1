import type { WriteStream } from 'node:tty';

/** What a view needs of a terminal. */
type Terminal = Pick<WriteStream, 'rows'> & { write(text: string): boolean };

const ESCAPE = '\u001b[';
const WRAP_OFF = `${ESCAPE}?7l`;
const WRAP_ON = `${ESCAPE}?7h`;
const CLEAR_LINE = `${ESCAPE}K`;
const CLEAR_BELOW = `${ESCAPE}J`;

/** Lines at the bottom of a terminal that are redrawn in place. A frame is one write over the last one, so nothing flickers. */
export class LiveView {
  readonly #stream: Terminal;
  #height = 0;

  constructor(stream: Terminal) {
    this.#stream = stream;
  }

  /** Draws the lines where the last ones were. What does not fit the height of the terminal is left out. */
  show(lines: readonly string[]): void {
    const fitting = lines.slice(0, Math.max(1, this.#stream.rows - 1));
    const up = this.#height > 0 ? `${ESCAPE}${this.#height}A` : '';
    // Cleared before it is written: after a line of full width the cursor still stands on the last character.
    const text = fitting.map((line) => `${CLEAR_LINE}${line}\n`).join('');
    this.#stream.write(`${WRAP_OFF}\r${up}${text}${CLEAR_BELOW}${WRAP_ON}`);
    this.#height = fitting.length;
  }
}
