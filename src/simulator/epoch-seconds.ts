/** Seconds since 1970 with a fraction, as JSON 1.1 writes times. */
export function epochSeconds(moment: number): number {
  return moment / 1000;
}
