import { createHash } from 'node:crypto';
import { lstat, mkdir, open, readdir, rename, rm, rmdir } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { errorCode, ifPresent } from './file-presence.ts';
import { displacedPath, keyPartOfFile, keyPartOfFolder, pathsOfKey } from './key-path.ts';

/** The file of the object of this key in a bucket's folder. */
export async function findFile(bucketFolder: string, key: string): Promise<string | undefined> {
  for (const path of pathsOfKey(key)) {
    const file = join(bucketFolder, path);
    const stats = await ifPresent(lstat(file));
    if (stats?.isFile()) return file;
  }
  return undefined;
}

export async function openFile(bucketFolder: string, key: string): Promise<FileHandle | undefined> {
  const file = await findFile(bucketFolder, key);
  return file === undefined ? undefined : open(file, 'r');
}

/** Makes a file the object of this key, in place of the one before it. */
export async function placeFile(file: string, bucketFolder: string, key: string): Promise<void> {
  const [home, displaced, ...asNamed] = pathsOfKey(key);
  await makeFolders(bucketFolder, dirname(home));
  const homeStats = await ifPresent(lstat(join(bucketFolder, home)));
  const isTaken = homeStats?.isDirectory() ?? false;
  await rename(file, join(bucketFolder, isTaken ? displaced : home));
  await removeFiles(bucketFolder, isTaken ? asNamed : [displaced, ...asNamed]);
}

/** Removes those of the paths that are files, and folders that are empty then. */
export async function removeFiles(bucketFolder: string, paths: string[]): Promise<void> {
  for (const path of paths) {
    const file = join(bucketFolder, path);
    const stats = await ifPresent(lstat(file));
    if (!stats?.isFile()) continue;
    await rm(file);
    await removeEmptyFolders(bucketFolder, dirname(path));
  }
}

/** The keys of all files below a bucket's folder that begin with the prefix, in no order, and perhaps twice. */
export async function* keysIn(bucketFolder: string, prefix: string, path = '', begun = ''): AsyncGenerator<string> {
  const entries = (await ifPresent(readdir(join(bucketFolder, path), { withFileTypes: true }))) ?? [];
  for (const entry of entries) {
    if (entry.isDirectory()) {
      const extended = begun + keyPartOfFolder(entry.name);
      const mayHold = extended.startsWith(prefix) || prefix.startsWith(extended);
      if (mayHold) yield* keysIn(bucketFolder, prefix, join(path, entry.name), extended);
    } else if (entry.isFile()) {
      const key = begun + keyPartOfFile(entry.name);
      if (key.startsWith(prefix)) yield key;
    }
  }
}

/** In hexadecimal. */
export async function md5Of(handle: FileHandle): Promise<string> {
  const md5 = createHash('md5');
  for await (const chunk of handle.createReadStream({ start: 0, autoClose: false })) md5.update(chunk as Buffer);
  return md5.digest('hex');
}

async function makeFolders(bucketFolder: string, path: string): Promise<void> {
  try {
    await mkdir(join(bucketFolder, path), { recursive: true });
  } catch (error) {
    if (!['EEXIST', 'ENOTDIR'].includes(errorCode(error))) throw error;
    await moveFileInTheWay(bucketFolder, path);
    await mkdir(join(bucketFolder, path), { recursive: true });
  }
}

/** The key `a` has a file where the folder of `a/b` must be. */
async function moveFileInTheWay(bucketFolder: string, path: string): Promise<void> {
  let folder = bucketFolder;
  for (const name of path.split('/')) {
    folder = join(folder, name);
    const stats = await ifPresent(lstat(folder));
    if (stats?.isFile()) return rename(folder, displacedPath(folder));
  }
}

async function removeEmptyFolders(bucketFolder: string, path: string): Promise<void> {
  try {
    for (let folder = join(bucketFolder, path); relative(bucketFolder, folder) !== ''; folder = dirname(folder)) {
      await rmdir(folder);
    }
  } catch (error) {
    if (!['ENOTEMPTY', 'EEXIST'].includes(errorCode(error))) throw error;
  }
}
