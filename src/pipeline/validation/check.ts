import { checkExpressions, entryOf } from './check-expressions.ts';
import { checkNeeds } from './check-needs.ts';
import { checkSchedule } from './check-schedule.ts';
import { uncheckableConditions } from '../gate.ts';
import { readLoosely, type LooseDefinition, type LooseStep } from './loose-definition.ts';
import { nameProblem } from '../names.ts';
import { isParamType, paramTypeProblem } from '../params.ts';
import { checkPlainData } from './plain-data.ts';
import { problemWithoutPlace, type Finding, type Problem } from './problem.ts';
import { JOB_KEYS } from '../definition.ts';
import { pipelineShape } from './shape.ts';
import { suggestionFor } from '../suggestion.ts';
import { countTemplates } from '../expressions/template.ts';
import type { UsesCatalog, UsesEntry } from '../uses-catalog.ts';
import { quoted } from '../wording.ts';
import { findingsOf } from './zod-findings.ts';

/**
 * The most that one pipeline may hold. Temporal ends a workflow at about 50,000 events, of which a step needs some dozens;
 * the others keep the time that validation takes within a second or so, whatever the file.
 */
const LIMITS = { steps: 500, needs: 5_000, params: 200, expressions: 5_000 } as const;

/**
 * Everything that is wrong with a definition that comes from code or over the wire; none means that it is a `PipelineDefinition`.
 * The same checks as for a file, without positions.
 */
export function checkDefinition(definition: unknown, uses: UsesCatalog): Problem[] {
  return findingsOfDefinition(definition, uses).map(problemWithoutPlace);
}

export function findingsOfDefinition(definition: unknown, uses: UsesCatalog): Finding[] {
  const impossible = checkPlainData(definition);
  if (impossible.length > 0) return impossible;
  const loose = readLoosely(definition);
  const shape = findingsOf(pipelineShape, definition, [], { templates: false });
  const excess = checkLimits(loose);
  if (excess.length > 0) return [...shape, ...excess];
  const { findings: needs, allNeeds } = checkNeeds(loose);
  const steps = [...loose.steps.values()].flatMap((step) => [
    ...checkUses(step, uses),
    ...checkExpressions(loose, step, allNeeds.get(step.id) ?? new Set(), uses),
  ]);
  return [...shape, ...checkNames(loose), ...checkParams(loose), ...checkSchedule(loose), ...needs, ...steps];
}

function checkLimits({ params, steps }: LooseDefinition): Finding[] {
  const needs = [...steps.values()].reduce((sum, step) => sum + step.needs.length, 0);
  const expressions = [...steps.values()].reduce((sum, step) => sum + countTemplates(step.with), 0);
  const sizes = { steps: steps.size, needs, params: params.size, expressions };
  const excess = (Object.keys(LIMITS) as (keyof typeof LIMITS)[]).filter((what) => sizes[what] > LIMITS[what]);
  return excess.map((what) => ({
    path: [what === 'params' ? 'params' : 'steps'],
    at: 'key',
    message: `a pipeline can have at most ${LIMITS[what]} ${what}, and this one has ${sizes[what]}`,
  }));
}

function checkNames({ params, steps }: LooseDefinition): Finding[] {
  const wrong = (kind: 'param' | 'step', section: string, names: Iterable<string>): Finding[] =>
    [...names].flatMap((name) => {
      const message = nameProblem(kind, name);
      return message === undefined ? [] : [{ path: [section, name], at: 'key', message }];
    });
  return [...wrong('param', 'params', params.keys()), ...wrong('step', 'steps', steps.keys())];
}

function checkParams({ params }: LooseDefinition): Finding[] {
  return [...params].flatMap(([name, param]): Finding[] => {
    const type = param['type'];
    if (!isParamType(type) || param['default'] === undefined) return [];
    const message = paramTypeProblem(type, param['default']);
    return message === undefined ? [] : [{ path: ['params', name, 'default'], at: 'value', message }];
  });
}

/** What a step asks for that its service can never do. */
function checkEnding({ id, uses, onCancel, onStall }: LooseStep, { endings }: UsesEntry): Finding[] {
  if (!endings) return [];
  const path = ['steps', id];
  const canEnd = endings.stop || (endings.delete && onCancel === 'delete');
  const unstoppable = endings.delete
    ? `${uses} cannot stop a job; onCancel: delete lets Nightscore delete it`
    : `${uses} can neither stop nor delete a job: leave it out, and the report says that the job runs on`;
  return [
    ...(onCancel === 'delete' && !endings.delete
      ? [
          {
            path: [...path, 'onCancel'],
            at: 'value' as const,
            message: endings.stop ? `${uses} can stop a job: write stop` : unstoppable,
          },
        ]
      : []),
    ...(onStall === 'stop' && !canEnd
      ? [{ path: [...path, 'onStall'], at: 'value' as const, message: unstoppable }]
      : []),
  ];
}

function checkUses(step: LooseStep, uses: UsesCatalog): Finding[] {
  const path = ['steps', step.id];
  if (step.uses === undefined) return [];
  const entry = entryOf(step.uses, uses);
  if (!entry) {
    const known = Object.keys(uses);
    const suggestion = suggestionFor(step.uses, known);
    const message = `there is no service or follow-up ${quoted(step.uses)}; there are ${known.join(', ')}`;
    return [{ path: [...path, 'uses'], at: 'value', message, suggestion }];
  }
  const given = findingsOf(entry.with, step.with, [...path, 'with'], { templates: true });
  if (entry.kind === 'follow-up') {
    const jobKeys = JOB_KEYS.filter((key) => step.keys.includes(key));
    const message = `means something for jobs only, and ${step.uses} is a follow-up`;
    return [...given, ...jobKeys.map((key): Finding => ({ path: [...path, key], at: 'key', message }))];
  }
  // Reading the results counts what the service does not.
  const everything = { total: true, invalid: true };
  const counts = step.verify === true ? everything : (entry.counts ?? everything);
  const uncheckable = uncheckableConditions(step.gate, counts).map(({ condition, missing }): Finding => {
    const message = `can never be checked: ${step.uses} does not report ${missing}`;
    return { path: [...path, 'gate', condition], at: 'key', message };
  });
  return [...given, ...uncheckable, ...checkEnding(step, entry)];
}
