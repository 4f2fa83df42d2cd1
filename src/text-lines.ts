import { StringDecoder } from 'node:string_decoder';

/** One line of a text file, without its end. A longer line than allowed is cut, so that memory stays constant. */
export interface TextLine {
  text: string;
  tooLong: boolean;
}

/**
 * Splits UTF-8 text into lines, ended by LF or CRLF; a last line need not be ended. A byte order mark is left out.
 *
 * @param longest in characters
 */
export async function* textLines(
  chunks: AsyncIterable<Buffer | string>,
  longest: number,
): AsyncGenerator<TextLine, void> {
  const decoder = new StringDecoder('utf8');
  let line = new GrowingLine(longest);
  let isFirst = true;
  for await (const chunk of chunks) {
    const decoded = typeof chunk === 'string' ? chunk : decoder.write(chunk);
    const parts = (isFirst ? decoded.replace(/^\uFEFF/, '') : decoded).split('\n');
    if (decoded !== '') isFirst = false;
    for (const part of parts.slice(0, -1)) {
      line.append(part);
      yield line.end();
      line = new GrowingLine(longest);
    }
    line.append(parts.at(-1) ?? '');
  }
  line.append(decoder.end());
  if (!line.isEmpty) yield line.end();
}

class GrowingLine {
  readonly #longest: number;
  #text = '';
  #tooLong = false;

  constructor(longest: number) {
    this.#longest = longest;
  }

  get isEmpty(): boolean {
    return this.#text === '';
  }

  append(part: string): void {
    const whole = this.#text + part;
    // One character more may be the CR of the line's end.
    this.#tooLong ||= whole.length > this.#longest + 1;
    this.#text = whole.slice(0, this.#longest + 1);
  }

  end(): TextLine {
    const text = this.#text.endsWith('\r') ? this.#text.slice(0, -1) : this.#text;
    return { text: text.slice(0, this.#longest), tooLong: this.#tooLong || text.length > this.#longest };
  }
}
