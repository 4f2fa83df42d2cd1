import { readdir, readlink, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { runProgram } from './run-program.ts';

const LSOF_TIMEOUT_MS = 10_000;

/** The ids of the processes that have a file open, as far as this user may see them. None where there is no such file. */
export async function holdersOf(file: string): Promise<number[]> {
  const path = await realpath(file).catch(() => undefined);
  if (path === undefined) return [];
  return process.platform === 'linux' ? holdersByProc(path) : holdersByLsof(path);
}

async function holdersByProc(path: string): Promise<number[]> {
  const processes = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const holders = await Promise.all(processes.map(async (id) => ((await hasOpen(id, path)) ? [Number(id)] : [])));
  return holders.flat();
}

/** A process that ends while we look, or that is not ours, has nothing open. */
async function hasOpen(id: string, path: string): Promise<boolean> {
  const folder = join('/proc', id, 'fd');
  const descriptors = await readdir(folder).catch(() => []);
  const targets = await Promise.all(descriptors.map((name) => readlink(join(folder, name)).catch(() => '')));
  return targets.includes(path);
}

/** `lsof` is a part of macOS; it fails when nobody has the file open. */
async function holdersByLsof(path: string): Promise<number[]> {
  const output = await runProgram('lsof', ['-t', '--', path], LSOF_TIMEOUT_MS).catch(() => '');
  return output.split('\n').filter(Boolean).map(Number);
}
