import { DateTime, Duration } from 'luxon';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** How long something took, for people: `0:07`, `12:05`, `1:02:03`, `3d 04:05`. */
export function elapsedText(milliseconds: number): string {
  const duration = Duration.fromMillis(Math.max(0, milliseconds));
  if (milliseconds >= DAY_MS) return duration.toFormat("d'd' hh:mm");
  return duration.toFormat(milliseconds >= HOUR_MS ? 'h:mm:ss' : 'm:ss');
}

/** A moment on the clock of this machine: `21:04:33`, or `21 Nov 02:10` when it is not the day of `now`. */
export function clockText(moment: Date, now: Date): string {
  const at = DateTime.fromJSDate(moment);
  return at.hasSame(DateTime.fromJSDate(now), 'day') ? at.toFormat('HH:mm:ss') : at.toFormat('d LLL HH:mm');
}

/** A moment with its date, on the clock of this machine: `2026-11-20 21:04:33`. */
export function momentText(iso: string): string {
  return DateTime.fromISO(iso).toFormat('yyyy-MM-dd HH:mm:ss');
}
