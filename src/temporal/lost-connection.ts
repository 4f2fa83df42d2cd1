/**
 * Statuses of gRPC that a server which is gone, or does not get to answering, leaves behind. A call is cancelled by a server that counts its time
 * as over before the client does (see `isBrokenOff`).
 */
const LOST_CONNECTION: ReadonlySet<unknown> = new Set([
  1 /* CANCELLED */, 4 /* DEADLINE_EXCEEDED */, 14 /* UNAVAILABLE */,
]);

/**
 * What to say when Temporal was there at first and answers no more; gRPC's status is in the error or in its cause. Undefined for
 * any other error.
 */
export function lostConnectionText(error: Error): string | undefined {
  if ('details' in error && 'code' in error && LOST_CONNECTION.has(error.code)) {
    return `Temporal does not answer any more (${String(error.details)}). Its runs go on when it does; see \`nightscore list\`.`;
  }
  return error.cause instanceof Error ? lostConnectionText(error.cause) : undefined;
}
