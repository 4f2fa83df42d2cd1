import { stringify } from 'yaml';
import { ALL_PIPELINES, type Scope } from '../server/callers.ts';
import { createToken } from '../server/tokens.ts';
import { print, printJson } from './process/output.ts';

export interface TokenOptions {
  scope: Scope[];
  pipeline?: string[];
  json?: true;
}

/** `nightscore token`: makes a token for a caller of the API. It is shown now and kept nowhere; the file of tokens gets its hash. */
export function token(name: string, { scope, pipeline = [ALL_PIPELINES], json }: TokenOptions): void {
  const created = createToken({ name, scopes: scope, pipelines: pipeline });
  if (json) return printJson(created);
  print(
    [
      `Token of ${name}, which is shown only now:`,
      '',
      `  ${created.token}`,
      '',
      'Its entry in the file of tokens, below `tokens:`:',
      '',
      stringify([created.entry]).trimEnd().replaceAll(/^/gm, '  '),
    ].join('\n'),
  );
}
