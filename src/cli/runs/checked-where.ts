import { parseWhere, type Where } from '../../client/where.ts';
import { assertUsable } from './usable.ts';

/** The filter of a `--where`. Throws an InvalidInputError when it is none, or asks for a service that no step can use. */
export async function checkedWhere(text: string): Promise<Where> {
  const where = parseWhere(text);
  for (const service of where.values.get('service') ?? []) await assertUsable(service, '--where: service');
  return where;
}
