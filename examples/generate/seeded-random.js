/**
 * Pseudo-random numbers that are the same on every machine: mulberry32, public domain, by Tommy Ettinger.
 *
 * @param {number} seed a 32-bit integer
 */
export function seededRandom(seed) {
  let state = seed;

  /** The next number in [0, 1). */
  function next() {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  return {
    next,

    /** A whole number from `low` to `high`, both included. */
    integer: (/** @type {number} */ low, /** @type {number} */ high) => low + Math.floor(next() * (high - low + 1)),

    /**
     * One of the keys, each as often as its weight says.
     *
     * @param {Record<string, number>} weights
     */
    weighted(weights) {
      const total = Object.values(weights).reduce((sum, weight) => sum + weight, 0);
      let left = next() * total;
      return Object.keys(weights).find((key) => (left -= weights[key]) < 0);
    },
  };
}
