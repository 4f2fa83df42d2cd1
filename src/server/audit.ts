import type { FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { callerOfRequest } from './authorization.ts';

/** What a caller asked to change. */
export interface AuditedChange {
  action: 'start' | 'cancel' | 'cancel-step' | 'replay';
  run: string;
  step?: string;
  /** What came of it, for example that the run existed already. */
  result: string;
  /** How many steps a replay pays for once more. */
  paysAgain?: number;
}

/** One line in the log for each change that was asked for: who, what, and under which request. */
export function audit(log: Logger, request: FastifyRequest, change: AuditedChange): void {
  const { name } = callerOfRequest(request);
  log.info(
    { audit: true, caller: name, requestId: request.id, address: request.ip, ...change },
    'A caller changed something',
  );
}
