import { describe, expect, it } from 'vitest';
import { readExample, readResources } from './example-files.ts';

const { solutions } = readResources().personalize;
const INPUT = 'simulator/s3/nightscore-examples/film-recommendations/input';

/** The member of a line of JSON, or undefined when the line is damaged or has no such text. */
function textMember(line: string, member: string): string | undefined {
  try {
    const value = (JSON.parse(line) as Record<string, unknown>)[member];
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}

function ids(file: string, member: string): (string | undefined)[] {
  return readExample(`${INPUT}/${file}`)
    .trimEnd()
    .split('\n')
    .map((line) => textMember(line, member));
}

describe('the film-recommendations example', () => {
  const { model } = solutions['films-for-you']!.versions['a7f3c2d9']!;

  it.each([
    { file: 'viewers.jsonl', member: 'userId', known: model.users, good: 270, damaged: 4 },
    { file: 'films.jsonl', member: 'itemId', known: model.items, good: 12, damaged: 1 },
  ])('has $good good lines and $damaged damaged in $file', ({ file, member, known, good, damaged }) => {
    const all = ids(file, member);
    const present = all.filter((id) => id !== undefined);
    expect(present).toHaveLength(good);
    expect(new Set(present).size).toBe(good);
    expect(all.length - present.length).toBe(damaged);
    expect(present.filter((id) => !(id in known))).toEqual([]);
  });

  it('knows six factors of each of 300 viewers and 120 films', () => {
    expect(Object.keys(model.users)).toHaveLength(300);
    expect(Object.keys(model.items)).toHaveLength(120);
    const lengths = [...Object.values(model.users), ...Object.values(model.items)].map((factors) => factors.length);
    expect(new Set(lengths)).toEqual(new Set([6]));
  });

  it('scores for both solutions by the same model', () => {
    expect(solutions['film-fans']!.versions['b41e6f08']!.model).toEqual(model);
  });
});
