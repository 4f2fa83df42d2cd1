import { connect } from 'node:net';

/**
 * Tries to open a connection, and closes it.
 *
 * @returns nothing when somebody listens there; else the system's code of the error, for example `ECONNREFUSED`, or `ETIMEDOUT`
 */
export function probe(host: string, port: number, timeoutMs: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: timeoutMs });
    const settle = (problem: string | undefined) => {
      socket.destroy();
      resolve(problem);
    };
    socket.once('connect', () => settle(undefined));
    socket.once('timeout', () => settle('ETIMEDOUT'));
    socket.once('error', (error: NodeJS.ErrnoException) => settle(error.code ?? error.message));
  });
}
