/**
 * Puts `nightscore` where `npx` looks first, so that `npx nightscore` works in a clone right after `npm ci`. npm links the commands of
 * dependencies only; for a package's own command npx makes an installation of its own, slowly, and fails for good once that was interrupted.
 */
import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../node_modules/.bin/', import.meta.url));
mkdirSync(folder, { recursive: true });
rmSync(`${folder}nightscore`, { force: true });
symlinkSync('../../bin/nightscore.js', `${folder}nightscore`);
