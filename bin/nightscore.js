#!/usr/bin/env node
import { existsSync } from 'node:fs';

// The AWS SDK's own switch for its notice about the version of Node.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

const command = new URL('../lib/cli.js', import.meta.url);
if (existsSync(command)) {
  await import(command.href);
} else {
  process.stderr.write('nightscore: the command has not been built yet. Run `npm run build` in its folder.\n');
  process.exitCode = 1;
}
