import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pageOf } from '../../src/simulator/paging.ts';

const item = fc.record({ group: fc.integer({ min: 0, max: 5 }), id: fc.string({ maxLength: 8 }) });
type Item = { group: number; id: string };
const items = fc.uniqueArray(item, { selector: ({ id }) => id, maxLength: 30 });

function allPages(list: Item[], size: number, descending: boolean, between: (list: Item[]) => void = () => {}): Item[] {
  const seen: Item[] = [];
  let token: string | undefined;
  do {
    const page = pageOf({
      items: list,
      position: ({ group, id }) => [group, id],
      descending,
      size,
      token,
      question: 'all',
      invalidToken: () => new Error('invalid'),
    });
    expect(page.items.length).toBeLessThanOrEqual(size);
    seen.push(...page.items);
    between(list);
    token = page.nextToken;
  } while (token !== undefined);
  return seen;
}

test('the pages of a list hold every item once, in order', () => {
  fc.assert(
    fc.property(items, fc.integer({ min: 1, max: 7 }), fc.boolean(), (list, size, descending) => {
      const seen = allPages(list, size, descending);
      expect(seen.toSorted((a, b) => (a.id < b.id ? -1 : 1))).toEqual(list.toSorted((a, b) => (a.id < b.id ? -1 : 1)));
      const groups = seen.map(({ group }) => group);
      expect(groups).toEqual(groups.toSorted((a, b) => (descending ? b - a : a - b)));
    }),
  );
});

test('an item that goes away between two pages makes no other item appear twice or never', () => {
  fc.assert(
    fc.property(items, fc.integer({ min: 1, max: 3 }), fc.nat(), (list, size, choice) => {
      const gone = list[choice % Math.max(list.length, 1)];
      const seen = allPages([...list], size, false, (remaining) => {
        const index = remaining.findIndex(({ id }) => id === gone?.id);
        if (index >= 0) remaining.splice(index, 1);
      });
      const others = seen.filter(({ id }) => id !== gone?.id).map(({ id }) => id);
      expect(others.toSorted()).toEqual(list.flatMap(({ id }) => (id === gone?.id ? [] : [id])).toSorted());
    }),
  );
});

test('a token is refused unless it came from the same question', () => {
  const ask = (question: string, token?: string) =>
    pageOf({
      items: ['a', 'b'],
      position: (name) => [name],
      size: 1,
      token,
      question,
      invalidToken: () => new Error('not a token of this question'),
    });
  const { nextToken } = ask('one');
  expect(ask('one', nextToken).items).toEqual(['b']);
  expect(() => ask('other', nextToken)).toThrow('not a token');
  fc.assert(
    fc.property(fc.string(), (token) => {
      expect(() => ask('one', token)).toThrow('not a token');
    }),
  );
});
