import type { FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { callerOfRequest } from './authorization.ts';
import { mayBeDone } from './problem-of-error.ts';

/** What a caller asked to change. */
export interface AuditedChange {
  action: 'start' | 'cancel' | 'cancel-step' | 'replay';
  /** The run key; the pipeline alone where the run is not known. */
  run: string;
  step?: string;
  /** What came of it, for example that the run existed already. */
  result: string;
  /** How many steps a replay pays for once more. */
  paysAgain?: number;
}

/** Makes a change that a caller asked for. Where nobody can tell whether it was made, the log says that, too. */
export async function changing<Result>(
  auditLog: Logger,
  request: FastifyRequest,
  change: Omit<AuditedChange, 'result'>,
  make: () => Promise<Result>,
): Promise<Result> {
  try {
    return await make();
  } catch (error) {
    if (mayBeDone(error)) audit(auditLog, request, { ...change, result: 'unknown: the answer did not come' });
    throw error;
  }
}

/** The log for it, which leaves nothing out, whatever the level of the server's own log. */
export function auditLogOf(log: Logger): Logger {
  return log.child({ audit: true }, { level: 'info' });
}

/** One line in the log for each change that was asked for: who, what, and under which request. */
export function audit(auditLog: Logger, request: FastifyRequest, change: AuditedChange): void {
  const { name } = callerOfRequest(request);
  auditLog.info({ caller: name, requestId: request.id, address: request.ip, ...change }, 'A caller asked for a change');
}
