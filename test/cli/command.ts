import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** The command as people run it; `npm run build` must have been done. */
export const COMMAND = fileURLToPath(new URL('../../bin/nightscore.js', import.meta.url));

/** What a program needs of this machine. Nothing of the user's AWS, Temporal or Nightscore gets into a test. */
const KEPT = ['PATH', 'HOME', 'TMPDIR', 'NIGHTSCORE_CACHE'];

export interface CommandOptions {
  /** Beside what every program needs. */
  env?: Record<string, string>;
  cwd?: string;
}

export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface RunningCommand {
  process: ChildProcess;
  /** All that it has written to stdout until now. */
  stdout(): string;
  stderr(): string;
  /** Resolves when stdout holds a text; rejects when the command ends without it. */
  says(text: string | RegExp): Promise<void>;
  ended: Promise<Ended>;
}

/** Starts the command and lets it run. */
export function startCommand(args: readonly string[], { env = {}, cwd }: CommandOptions = {}): RunningCommand {
  const kept = Object.fromEntries(KEPT.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])));
  const child = spawn(process.execPath, [COMMAND, ...args], {
    env: { ...kept, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(cwd !== undefined && { cwd }),
  });
  const written = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (written.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (written.stderr += text));
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, ...written }));
  return {
    process: child,
    stdout: () => written.stdout,
    stderr: () => written.stderr,
    ended,
    async says(text) {
      const seen = () => (typeof text === 'string' ? written.stdout.includes(text) : text.test(written.stdout));
      while (!seen()) {
        const over = await Promise.race([once(child.stdout, 'data').then(() => false), ended.then(() => true)]);
        if (over && !seen()) throw new Error(`The command ended without ${String(text)}: ${written.stderr}`);
      }
    },
  };
}

/** Runs the command to its end. */
export function nightscore(args: readonly string[], options: CommandOptions = {}): Promise<Ended> {
  return startCommand(args, options).ended;
}

/** The one JSON document that a command with `--json` has printed. */
export function onlyDocument(stdout: string): unknown {
  return JSON.parse(stdout);
}
