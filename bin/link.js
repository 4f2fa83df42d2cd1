/**
 * Puts `nightscore` where `npx` looks first, so that `npx nightscore` works in a clone right after `npm ci`. package.json has no `bin` for it,
 * except in a published package: for a command of the package itself npx would make an installation of its own, slowly, and fail for good
 * once that was interrupted (it leaves a folder without a package.json in its cache).
 */
import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../node_modules/.bin/', import.meta.url));
mkdirSync(folder, { recursive: true });
rmSync(`${folder}nightscore`, { force: true });
symlinkSync('../../bin/nightscore.js', `${folder}nightscore`);
