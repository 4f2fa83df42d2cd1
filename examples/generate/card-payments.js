/**
 * Makes the input of the card-payments example: one day of card payments. They are invented, by a seeded random
 * generator, so that they can be published; no person and no card stands behind them.
 *
 *     node examples/generate/card-payments.js [simulator folder]
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { dirname, join } from 'node:path';
import { seededRandom } from './seeded-random.js';

const SEED = 20261119;
const PAYMENTS = 4000;
const CARDS = 900;
const DAY = Date.UTC(2026, 10, 19);

const VARIABLES = ['amount', 'merchant_category', 'entry_mode', 'account_age_days', 'payments_last_hour'];
const EVENT_COLUMNS = ['ENTITY_ID', 'ENTITY_TYPE', 'EVENT_ID', 'EVENT_TIMESTAMP'];
const HEADER = [...EVENT_COLUMNS, ...VARIABLES];

/** How people pay, and how thieves do. A thief has the card for an hour and wants goods that sell again. */
const HABITS = {
  owner: {
    meanAmount: 42,
    merchants: { groceries: 40, restaurant: 22, fuel: 14, travel: 8, electronics: 12, gift_cards: 4 },
    entryModes: { chip: 35, contactless: 45, online: 20 },
    mostPaymentsLastHour: 1,
  },
  thief: {
    meanAmount: 380,
    merchants: { groceries: 5, restaurant: 5, fuel: 8, travel: 17, electronics: 35, gift_cards: 30 },
    entryModes: { chip: 4, contactless: 16, online: 80 },
    mostPaymentsLastHour: 6,
  },
};
const THIEVES_SHARE = 0.025;

/** What goes wrong on the way from a shop to a file, each in one of 500 rows: rows that cannot be scored. */
const DAMAGES = [
  { remainder: 41, column: 'amount', text: 'n/a' },
  { remainder: 203, column: 'ENTITY_ID', text: '' },
  { remainder: 377, column: 'EVENT_TIMESTAMP', text: '' },
];

const random = seededRandom(SEED);

/** @param {number} number the payment's place in the day, from 0 */
function payment(number) {
  const habits = random.next() < THIEVES_SHARE ? HABITS.thief : HABITS.owner;
  const card = random.integer(1, CARDS);
  const secondOfDay = Math.floor(((number + random.next()) / PAYMENTS) * 86_400);
  const row = {
    ENTITY_ID: `card-${String(card).padStart(4, '0')}`,
    ENTITY_TYPE: 'card',
    EVENT_ID: `payment-${String(number + 1).padStart(5, '0')}`,
    EVENT_TIMESTAMP: new Date(DAY + secondOfDay * 1000).toISOString().replace('.000Z', 'Z'),
    amount: (0.5 - habits.meanAmount * Math.log(1 - random.next())).toFixed(2),
    merchant_category: random.weighted(habits.merchants),
    entry_mode: random.weighted(habits.entryModes),
    account_age_days: random.integer(20, 4000),
    payments_last_hour: random.integer(0, habits.mostPaymentsLastHour),
  };
  const damage = DAMAGES.find(({ remainder }) => number % 500 === remainder);
  return damage ? { ...row, [damage.column]: damage.text } : row;
}

const rows = Array.from({ length: PAYMENTS }, (_, number) => {
  const row = payment(number);
  return HEADER.map((column) => row[column]).join(',');
});

const simulator = process.argv[2] ?? fileURLToPath(new URL('../simulator', import.meta.url));
const file = join(simulator, 's3/nightscore-examples/card-payments/input/payments.csv');
mkdirSync(dirname(file), { recursive: true });
writeFileSync(file, `${[HEADER.join(','), ...rows].join('\n')}\n`);
