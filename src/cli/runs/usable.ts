import { InvalidInputError } from '../../client/errors.ts';
import { suggestionFor, withSuggestion } from '../../pipeline/suggestion.ts';
import { quoted } from '../../pipeline/wording.ts';

/**
 * Throws an InvalidInputError when no step can use what is named: it would find nothing, and look like an answer.
 *
 * @param option where it was given, for people
 */
export async function assertUsable(service: string, option: string): Promise<void> {
  // Loaded only now: it knows every service, and brings the AWS clients with it.
  const { USES } = await import('../../uses-catalog.ts');
  const known = Object.keys(USES);
  if (known.includes(service)) return;
  const suggestion = known.find((name) => name.startsWith(`${service}/`)) ?? suggestionFor(service, known);
  const problem = withSuggestion(`${option} ${quoted(service)} is nothing that a step can use`, suggestion);
  throw new InvalidInputError([`${problem}. Allowed are ${known.join(', ')}.`]);
}
