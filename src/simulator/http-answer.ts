import type { ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

/** A whole answer, ready to be sent. */
export interface FullAnswer {
  status: number;
  contentType: string;
  body: string;
}

/** Instead of an answer, the connection is cut. */
export const RESET = Symbol('reset');

export type Answer = FullAnswer | typeof RESET;

/** Sends an answer, or cuts the connection. */
export function send(response: ServerResponse, answer: Answer, headers: Record<string, string> = {}): void {
  const { req: request, socket } = response;
  if (answer === RESET) {
    socket?.resetAndDestroy();
    return;
  }
  const body = Buffer.from(answer.body);
  // What the client still sends is of no interest, but it hears the answer only if somebody reads on.
  const unread = !request.complete;
  if (unread) request.resume();
  response.writeHead(answer.status, {
    'Content-Type': answer.contentType,
    'Content-Length': body.length,
    ...headers,
    ...(unread ? { Connection: 'close' } : {}),
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}

/** Waits in real time. */
export async function wait(milliseconds: number): Promise<void> {
  await delay(milliseconds);
}
