// A local Temporal server that lives until its standard input is closed. Prints its address on one line.
import { startLocalServer } from '../../../lib/temporal/local-server.js';

const server = await startLocalServer({ uiPort: 'none' });
process.stdout.write(`${server.address}\n`);
process.stdin.resume();
process.stdin.once('end', () => void server.stop());
