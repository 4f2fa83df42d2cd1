import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { COMMAND } from '../cli/command.ts';

/** A worker as it is run in production, which can be killed and comes back. */
export class WorkerProcess {
  readonly #env: Record<string, string>;
  readonly #logFile: string;
  #child: ChildProcess | undefined;
  #ended: Promise<unknown> = Promise.resolve();

  /** `env` comes beside what every program needs of the machine; all lives of the worker write to one log. */
  constructor(env: Record<string, string>, logFile: string) {
    this.#env = env;
    this.#logFile = logFile;
    // It must not outlive us, also when we are interrupted.
    process.once('exit', () => this.#child?.kill('SIGKILL'));
  }

  start(): void {
    const log = openSync(this.#logFile, 'a');
    const { PATH = '', HOME = '' } = process.env;
    this.#child = spawn(process.execPath, [COMMAND, 'worker'], {
      env: { PATH, HOME, ...this.#env },
      stdio: ['ignore', log, log],
    });
    this.#ended = once(this.#child, 'exit');
    closeSync(log);
  }

  /** Kills it by force, as a crash or a lack of memory does, and waits until it is gone. */
  async kill(): Promise<void> {
    this.#child?.kill('SIGKILL');
    await this.#ended;
  }
}
