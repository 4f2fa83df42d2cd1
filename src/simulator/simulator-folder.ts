import { cp, mkdir, open, readFile, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The examples that the package brings along; the same way from src/simulator and from lib/simulator. */
const PACKAGED_SEED = fileURLToPath(new URL('../../examples/simulator/', import.meta.url));

/** The parts of a simulator's folder, as absolute paths. */
export interface SimulatorFolder {
  /** What exists in the simulated account. */
  resources: string;
  /** Buckets and objects. */
  objects: string;
  /** Jobs and ledger. */
  state: string;
  /** Results of jobs that still run. */
  work: string;
  /** Lets the next simulator have the folder. */
  release(): Promise<void>;
}

/** Folders that this process uses: a lock of this process on another folder was left by a process of the same id. */
const inUse = new Set<string>();

/**
 * Takes a folder for one simulator, and fills it from the seed when it holds no resources.yaml yet.
 *
 * @throws Error when another simulator uses the folder
 */
export async function takeFolder(folder: string, seedFolder: string = PACKAGED_SEED): Promise<SimulatorFolder> {
  const root = resolve(folder);
  const paths = { resources: join(root, 'resources.yaml'), objects: join(root, 's3'), state: join(root, 'state') };
  const work = join(paths.state, 'work');
  await mkdir(work, { recursive: true });
  const lock = join(paths.state, 'simulator.lock');
  await takeLock(lock, root);
  const release = async (): Promise<void> => {
    inUse.delete(root);
    await rm(lock, { force: true });
  };
  try {
    if (!(await exists(paths.resources))) await fill(root, seedFolder);
    await mkdir(paths.objects, { recursive: true });
    return { ...paths, work, release };
  } catch (error) {
    await release();
    throw error;
  }
}

async function takeLock(lock: string, root: string): Promise<void> {
  if (inUse.has(root)) throw occupied(root, process.pid);
  try {
    const file = await open(lock, 'wx');
    await file.writeFile(`${process.pid}\n`);
    await file.close();
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    const owner = Number((await readFile(lock, 'utf8')).trim());
    if (owner !== process.pid && isRunning(owner)) throw occupied(root, owner);
    await rm(lock, { force: true });
    await takeLock(lock, root);
  }
  inUse.add(root);
}

function occupied(root: string, processId: number): Error {
  return new Error(
    `Another simulator (process ${processId}) uses the folder ${root}. ` +
      'Stop that one, use its endpoint, or give this one a folder of its own.',
  );
}

function isRunning(processId: number): boolean {
  if (!Number.isInteger(processId) || processId <= 0) return false;
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    // A process of somebody else may not be asked, but it is there.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** The resources come last: as long as they are missing, the copy is not complete. */
async function fill(root: string, seedFolder: string): Promise<void> {
  const seedResources = join(seedFolder, 'resources.yaml');
  if (!(await exists(seedResources))) {
    throw new Error(
      `There is no resources.yaml in ${root}, and none in ${seedFolder} to begin with. ` +
        'Write one, or name a seed folder that has one.',
    );
  }
  const options = { recursive: true, force: false };
  if (await exists(join(seedFolder, 's3'))) await cp(join(seedFolder, 's3'), join(root, 's3'), options);
  await cp(seedResources, join(root, 'resources.yaml'), options);
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
