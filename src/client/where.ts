import { PAST_MOMENT_RULE, pastMomentOf } from '../pipeline/past-moment.ts';
import { suggestionFor, withSuggestion } from '../pipeline/suggestion.ts';
import { InvalidInputError } from './errors.ts';
import { RUN_STATUSES, STATUS_IN_TEMPORAL } from './run-summary.ts';
import { anyOf, quote } from './visibility-text.ts';

interface Field {
  /** One value as a term of Temporal's visibility; a message for a person where it cannot be one. */
  term(value: string): string | { problem: string };
  /** Whether a `*` at the end of a value may stand for anything. */
  hasWildcard?: true;
  /** A moment: two of it mean nothing. */
  isSingle?: true;
}

const NAMES = /^[A-Za-z0-9._+:=@~/-]+\*?$/;
const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** What runs can be chosen by. Pipelines are told by the workflow id, which is there before the run has begun. */
const FIELDS: Readonly<Record<string, Field>> = {
  pipeline: { hasWildcard: true, term: pipelineTerm },
  period: { hasWildcard: true, term: periodTerm },
  outcome: { term: outcomeTerm },
  service: { term: (value) => `NightscoreServices = ${quote(value)}` },
  job: { term: (value) => `NightscoreJobs = ${quote(value)}` },
  since: { isSingle: true, term: (value) => momentTerm('>=', value) },
  until: { isSingle: true, term: (value) => momentTerm('<', value) },
};

export interface Where {
  /** For Temporal's visibility. */
  query: string;
  /** The values of each field that is used. */
  values: ReadonlyMap<string, readonly string[]>;
}

/**
 * A filter of runs, as people write it. `FIELD=VALUE` texts with spaces between them must all hold; a comma separates alternatives; a `*` at
 * the end of a pipeline or period stands for anything. Throws an InvalidInputError with everything that is wrong.
 */
export function parseWhere(text: string): Where {
  if (/\s=|=\s/.test(text)) throw new InvalidInputError([`--where: ${JSON.stringify(text)}: write no spaces around =`]);
  const problems: string[] = [];
  const values = new Map<string, readonly string[]>();
  const terms = text
    .trim()
    .split(/\s+/)
    .flatMap((part): string[] => {
      const [, name = '', list = ''] = /^([^=]*)=(.*)$/.exec(part) ?? [];
      const field = Object.hasOwn(FIELDS, name) ? FIELDS[name] : undefined;
      const problem = field ? repetition(name, values) : unknownField(part, name);
      if (!field || problem !== undefined) return note(problems, problem);
      const given = list.split(',');
      values.set(name, given);
      const found = given.map((value) => termOf(name, field, value));
      if (field.isSingle && found.length > 1) return note(problems, `${name} takes one moment, and no comma`);
      const wrong = found.flatMap((term) => (typeof term === 'string' ? [] : [term.problem]));
      if (wrong.length > 0) return note(problems, ...wrong);
      return [anyOf(found.filter((term) => typeof term === 'string'))];
    });
  if (problems.length > 0) throw new InvalidInputError(problems.map((problem) => `--where: ${problem}`));
  return { query: terms.join(' AND '), values };
}

function note(problems: string[], ...found: (string | undefined)[]): [] {
  problems.push(...found.filter((one) => one !== undefined));
  return [];
}

function repetition(name: string, seen: ReadonlyMap<string, unknown>): string | undefined {
  if (!seen.has(name)) return undefined;
  return `${name} is given twice: write alternatives with a comma, for example outcome=failed,cancelled`;
}

function unknownField(part: string, name: string): string {
  const names = Object.keys(FIELDS);
  if (name === '') return `${JSON.stringify(part)} is no condition: write FIELD=VALUE, for example outcome=failed`;
  const problem = `there is no field ${JSON.stringify(name)}; there are ${names.join(', ')}`;
  return withSuggestion(problem, suggestionFor(name, names));
}

function termOf(name: string, field: Field, value: string): string | { problem: string } {
  if (!NAMES.test(value)) return { problem: `${JSON.stringify(value)} cannot be a value of ${name}` };
  if (value.endsWith('*') && !field.hasWildcard) return { problem: `${name} takes no *: only pipeline and period do` };
  return field.term(value);
}

function pipelineTerm(value: string): string | { problem: string } {
  if (value.includes('/')) {
    const problem = `${JSON.stringify(value)} has a slash, and a pipeline has none`;
    return { problem: `${problem}: a run is named as nightscore replay RUN or nightscore get RUN` };
  }
  return `WorkflowId STARTS_WITH ${quote(value.endsWith('*') ? value.slice(0, -1) : `${value}/`)}`;
}

/** A day is the run of the day and those of its hours, `2026-11-20T02+0100`. */
function periodTerm(value: string): string {
  const startsWith = (text: string) => `NightscorePeriod STARTS_WITH ${quote(text)}`;
  if (value.endsWith('*')) return startsWith(value.slice(0, -1));
  const equals = `NightscorePeriod = ${quote(value)}`;
  return DAY.test(value) ? anyOf([equals, startsWith(`${value}T`)]) : equals;
}

function outcomeTerm(value: string): string | { problem: string } {
  const status = RUN_STATUSES.find((one) => one === value);
  if (status) return `ExecutionStatus = ${quote(STATUS_IN_TEMPORAL[status])}`;
  const problem = `there is no outcome ${JSON.stringify(value)}; there are ${RUN_STATUSES.join(', ')}`;
  return { problem: withSuggestion(problem, suggestionFor(value, RUN_STATUSES)) };
}

function momentTerm(comparison: '>=' | '<', value: string): string | { problem: string } {
  const moment = pastMomentOf(value, new Date());
  if (moment) return `StartTime ${comparison} ${quote(moment.toISOString())}`;
  return {
    problem: `${JSON.stringify(value)} is no moment: it ${PAST_MOMENT_RULE}`,
  };
}
