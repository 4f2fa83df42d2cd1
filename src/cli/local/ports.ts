import { tryPort } from '../../temporal/free-port.ts';

const HOST = '127.0.0.1';

/** Somebody else listens on a port that we were told to use. */
export class PortTakenError extends Error {
  override readonly name = 'PortTakenError';

  constructor(port: number, option: string) {
    super(`Port ${port} is taken by another program: stop that one, or choose another port with ${option}.`);
  }
}

/** Throws a PortTakenError that names the option when the port is taken. Port 0 stands for any free port. */
export async function assertPortIsFree(place: { port: number; option: string; host?: string }): Promise<void> {
  const { port, option, host = HOST } = place;
  try {
    await tryPort(host, port);
  } catch (error) {
    const taken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
    throw taken ? new PortTakenError(port, option) : error;
  }
}
