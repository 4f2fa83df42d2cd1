import type { WriteStream } from 'node:tty';

/** SGR codes: what switches an effect on, and off again. */
const EFFECTS = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39],
} as const;

export type Effect = keyof typeof EFFECTS;

/** Gives a text an effect, or returns it as it is where colours are not wanted. */
export type Paint = (effect: Effect, text: string) => string;

export const paintNothing: Paint = (_effect, text) => text;

/** Paints for a stream that is a terminal and has colours. Node decides by NO_COLOR, FORCE_COLOR, TERM and the like. */
export function paintFor(stream: WriteStream): Paint {
  return stream.isTTY && stream.hasColors() ? paintAlways : paintNothing;
}

function paintAlways(effect: Effect, text: string): string {
  const [on, off] = EFFECTS[effect];
  return `\u001b[${on}m${text}\u001b[${off}m`;
}
