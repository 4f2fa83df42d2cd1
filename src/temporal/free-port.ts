import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';

/**
 * Takes a port of the host for a moment.
 *
 * @param port 0 for any that is free
 * @returns the port, free again
 * @throws the system's error, for example with the code `EADDRINUSE`
 */
export async function tryPort(host: string, port = 0): Promise<number> {
  const server = createServer().listen(port, host);
  await once(server, 'listening');
  const { port: bound } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return bound;
}
