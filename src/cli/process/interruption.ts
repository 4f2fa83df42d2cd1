import { constants } from 'node:os';

/** The command was told to end before its work was done. */
export class InterruptedError extends Error {
  override readonly name = 'InterruptedError';
  /** What a program says that a signal ended: 128 and the signal's number. */
  readonly exitCode: number;

  constructor(signal: keyof typeof constants.signals) {
    super(`Interrupted (${signal})`);
    this.exitCode = 128 + constants.signals[signal];
  }
}

/** What ends a command from outside: Ctrl-C, a service manager, the end of the terminal. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

let interruption: AbortController | undefined;

/**
 * A signal that aborts when the command is to end, for commands that have something to stop or to clean up first.
 * Whoever is in a hurry sends a second signal, and the process ends at once.
 */
export function listenForInterruption(): AbortSignal {
  if (interruption) return interruption.signal;
  const controller = new AbortController();
  interruption = controller;
  for (const signal of SIGNALS) {
    process.on(signal, () => {
      const reason = new InterruptedError(signal);
      if (controller.signal.aborted) process.exit(reason.exitCode);
      controller.abort(reason);
    });
  }
  return controller.signal;
}

/** Ends the command without a stack trace when nobody reads its output any more, as `nightscore list | head` does. */
export function endWhenOutputIsClosed(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
      const reason = new InterruptedError('SIGPIPE');
      if (interruption) interruption.abort(reason);
      else process.exit(reason.exitCode);
    });
  }
}

/** Resolves when the signal aborts. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
