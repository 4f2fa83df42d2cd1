// Reads one JSON document per line, `{ service, request, identity }`, and answers each with one line: whether Nightscore would send the
// request, and under which job id.
import { createInterface } from 'node:readline';
import { CATALOG } from '../../../lib/services/catalog.js';

for await (const line of createInterface(process.stdin)) {
  const { service: name, request, identity } = JSON.parse(line);
  const service = CATALOG.get(name);
  const accepted = service.request.safeParse(request).success;
  process.stdout.write(`${JSON.stringify({ accepted, id: service.jobId(identity) })}\n`);
}
