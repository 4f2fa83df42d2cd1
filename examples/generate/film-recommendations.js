/**
 * Makes the film-recommendations example: viewers, films, a model of their tastes and the inputs of both jobs. All are
 * invented, by a seeded random generator; no person stands behind a viewer.
 *
 *     node examples/generate/film-recommendations.js [simulator folder]
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { seededRandom } from './seeded-random.js';

const SEED = 20261120;
const GENRES = ['animation', 'comedy', 'documentary', 'drama', 'science-fiction', 'thriller'];
const FILMS_PER_GENRE = 20;
const VIEWERS = 300;

const random = seededRandom(SEED);
const twoDecimals = (/** @type {number} */ number) => Math.round(number * 100) / 100;

/** A film is strong in the genre that it is named after and a little in the others. */
const films = GENRES.flatMap((genre) =>
  Array.from({ length: FILMS_PER_GENRE }, (_, number) => ({
    id: `${genre}-${String(number + 1).padStart(2, '0')}`,
    factors: GENRES.map((other) => twoDecimals(other === genre ? 0.9 + random.next() : 0.4 * random.next())),
  })),
);

/** A viewer loves one or two genres (two draws may fall on the same one) and does not mind the rest. */
const viewers = Array.from({ length: VIEWERS }, (_, number) => {
  const loved = [random.integer(0, GENRES.length - 1), random.integer(0, GENRES.length - 1)];
  return {
    id: `viewer-${String(number + 1).padStart(3, '0')}`,
    factors: GENRES.map((_genre, index) => twoDecimals(loved.includes(index) ? 1 + 2 * random.next() : random.next())),
  };
});

/** Lines as they come out of a careless export: they cannot be answered, and the rest must be all the same. */
const BROKEN_VIEWERS = ['{"userId":"viewer-301"', '{"user":"viewer-302"}', 'viewer-303', '{"userId":null}'];
const BROKEN_FILMS = ['{"itemId":"drama-21"'];

/** Spreads the broken lines evenly among the good ones. */
function withBroken(/** @type {string[]} */ good, /** @type {string[]} */ broken) {
  const distance = Math.ceil(good.length / (broken.length + 1));
  return good.flatMap((line, index) =>
    index > 0 && index % distance === 0 ? [broken[index / distance - 1], line] : [line],
  );
}

/** Every tenth viewer is in the model but not in tonight's input. */
const viewerLines = withBroken(
  viewers.filter((_, index) => index % 10 !== 9).map(({ id }) => JSON.stringify({ userId: id })),
  BROKEN_VIEWERS,
);

/** Two films of each genre look for their audience. */
const filmLines = withBroken(
  films.filter((_, index) => index % FILMS_PER_GENRE < 2).map(({ id }) => JSON.stringify({ itemId: id })),
  BROKEN_FILMS,
);

const model = [
  'model: &film-factors',
  '  kind: factors',
  `  # One number for each genre: ${GENRES.join(', ')}.`,
  '  users:',
  ...viewers.map(({ id, factors }) => `    ${id}: [${factors.join(', ')}]`),
  '  items:',
  ...films.map(({ id, factors }) => `    ${id}: [${factors.join(', ')}]`),
];

/** Puts the model between the two comments in resources.yaml that wait for it. */
function withModel(/** @type {string} */ text) {
  const block = /^( *)(# begin film-factors:.*\n)[^]*?(?=^ *# end film-factors$)/m;
  if (!block.test(text))
    throw new Error('resources.yaml has no block "# begin film-factors: …" to "# end film-factors"');
  return text.replace(block, (_, indent, begin) =>
    [indent + begin, ...model.map((line) => `${indent}${line}\n`)].join(''),
  );
}

const simulator = process.argv[2] ?? fileURLToPath(new URL('../simulator', import.meta.url));
const input = join(simulator, 's3/nightscore-examples/film-recommendations/input');
mkdirSync(input, { recursive: true });
writeFileSync(join(input, 'viewers.jsonl'), `${viewerLines.join('\n')}\n`);
writeFileSync(join(input, 'films.jsonl'), `${filmLines.join('\n')}\n`);

const resources = join(simulator, 'resources.yaml');
writeFileSync(resources, withModel(readFileSync(resources, 'utf8')));
