import { setTimeout as delay } from 'node:timers/promises';

/** setTimeout takes no longer wait than this many milliseconds. */
const LONGEST_TIMER = 2 ** 31 - 1;

/**
 * Real time for people and clients, scaled time for jobs: what takes a minute at AWS takes 60/speed seconds here.
 * Moments are always real (milliseconds since 1970), so that every time that a client sees is plausible.
 */
export class Clock {
  readonly speed: number;

  constructor(speed: number) {
    if (!(speed > 0 && Number.isFinite(speed))) {
      throw new RangeError(`The simulator's speed is ${speed}; give a number above 0, for example 60.`);
    }
    this.speed = speed;
  }

  now(): number {
    return Date.now();
  }

  /** How many real milliseconds this many simulated seconds take. */
  milliseconds(simulatedSeconds: number): number {
    return (simulatedSeconds * 1000) / this.speed;
  }

  /** How many simulated seconds pass between two moments. */
  simulatedSeconds(from: number, to: number): number {
    return ((to - from) / 1000) * this.speed;
  }

  /** Resolves at the moment, at once if it is past; rejects with an AbortError when the signal says so. */
  async until(moment: number, signal: AbortSignal): Promise<void> {
    for (let left = moment - this.now(); left > 0; left = moment - this.now()) {
      await delay(Math.min(left, LONGEST_TIMER), undefined, { signal });
    }
  }
}
