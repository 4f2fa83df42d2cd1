import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Logger } from 'pino';
import { supervised } from './supervision.ts';

const KEPT_LINES = 20;

/** A program that ends when we do. */
export interface SupervisedProcess {
  pid: number;
  /** Resolves when it has ended, for whatever reason. */
  ended: Promise<void>;
  /** Why it ended, as it said itself; else the end of what it wrote. */
  lastWords: () => string;
  /** Asks it to end, insists after 10 s, and waits until it has ended. */
  stop: () => Promise<void>;
}

/**
 * Starts a program in a session of its own, so that a Ctrl-C in the terminal does not reach it before we stop it, and under supervision,
 * so that it never outlives us. What it writes to standard error is logged for debugging.
 */
export async function startSupervised(program: string, args: string[], log?: Logger): Promise<SupervisedProcess> {
  const { command, args: commandArgs } = supervised(program, args);
  const child = spawn(command, commandArgs, { detached: true, env: withoutTemporal(process.env), stdio: 'pipe' });
  const lines: string[] = [];
  createInterface(child.stderr).on('line', (line) => {
    lines.push(line);
    if (lines.length > KEPT_LINES) lines.shift();
    log?.debug({ program: 'temporal' }, line);
  });
  const ended = once(child, 'close').then(() => {
    // The supervisor's other half waits for this.
    child.stdin.destroy();
  });
  const firstLine = once(createInterface(child.stdout), 'line');
  await once(child, 'spawn');
  const [pid] = (await firstLine) as [string];
  return {
    pid: Number(pid),
    ended,
    lastWords: () => lines.findLast((line) => line.startsWith('Error: '))?.slice('Error: '.length) ?? lines.join('\n'),
    stop: () => {
      child.stdin.end();
      return ended;
    },
  };
}

/** The CLI reads these too, and they are about the server that we connect to. */
function withoutTemporal(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !name.startsWith('TEMPORAL_')));
}
