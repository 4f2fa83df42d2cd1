import { once } from 'node:events';
import { constants, createServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { Client, Connection } from '@temporalio/client';
import { expect, test } from 'vitest';
import { lostConnectionText } from '../../src/temporal/lost-connection.ts';
import { isBrokenOff, isUnanswered, queryProblem } from '../../src/temporal/query-problem.ts';

test('a question whose stream the server cuts, as Temporal does when it counts the time as over first, is one that nobody answered', async () => {
  const server = createServer().on('stream', (stream) => stream.close(constants.NGHTTP2_CANCEL));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const connection = Connection.lazy({ address: `127.0.0.1:${port}` });
  const client = new Client({ connection });
  const error: unknown = await client
    .withDeadline(Date.now() + 5_000, () => client.workflow.getHandle('churn:2026-11-20').query('report'))
    .catch((reason: unknown) => reason);
  await connection.close();
  server.close();
  expect(error).toBeInstanceOf(Error);
  expect(isBrokenOff(error)).toBe(true);
  expect(isUnanswered(error)).toBe(true);
  expect(queryProblem(error)).toBe('none answered');
  expect(lostConnectionText(error as Error)).toContain('Temporal does not answer any more (Call cancelled)');
});
