import fc from 'fast-check';
import type { PayoutLinkStatus } from 'nestjs-payout-links';
import type { PlannedLink } from './match.stage.js';

// Random histories of links, and the statements of a provider who has the same ones, except for planted faults.

const SECOND_MS = 1_000;
const HOUR_MS = 3_600 * SECOND_MS;
const DAY_MS = 24 * HOUR_MS;

/** Two adjoining periods of three days, by midnights in Jakarta, where no clock ever changes. */
const DAYS = 3;
const START = Date.parse('2026-03-02T00:00:00+07:00');
export const PERIODS = [0, 1].map((index) => {
  const from = START + index * DAYS * DAY_MS;
  return { from, to: from + DAYS * DAY_MS };
});
const MIDDLE = PERIODS[0]!.to;
const END = PERIODS[1]!.to;

/** What happens to a link, and to its payments in the statement. */
const PLOTS = [
  'paid',
  'failed',
  'on its way',
  'returned',
  'never claimed',
  'paid twice',
  'lost',
  'another amount',
  'failed there',
  'unknown there',
] as const;
type Plot = (typeof PLOTS)[number];

/** Of a link; times in milliseconds. */
export interface Story {
  plot: Plot;
  /** After two days before the first period. */
  claimAt: number;
  /** Puts the claim at an edge of a period instead: seconds from it. */
  edge: { index: number; offset: number } | null;
  /** From the claim to the payment's creation; negative where clocks differ. */
  delay: number;
  settlesAfter: number;
  returnsAfter: number;
  paidAgainAfter: number;
  amount: number;
  /** How a payment is found: by its reference, or by an id in its product id. */
  foundBy: 'reference' | 'disbursement' | 'provider';
  isClaimTimeGiven: boolean;
  /** We saw its outcome only: its claim is known by the provider's time. */
  isClaimUnseen: boolean;
}

/** How a statement is written. */
export interface Dialect {
  kind: 'transactions' | 'balance';
  version: 0 | 1 | 2;
  delimiter: ',' | ';';
  hasBom: boolean;
  newline: '\n' | '\r\n';
  zone: 'in the time' | 'in a column' | 'none';
  separator: 'T' | ' ';
  amounts: 'plain' | 'commas' | 'decimals';
  headers: 'as documented' | 'upper case' | 'spaces';
  /** The order of columns and rows. */
  seed: number;
  files: 1 | 2;
}

const milliseconds = (from: number, to: number) => fc.integer({ min: from, max: to });

export const stories: fc.Arbitrary<Story> = fc.record({
  plot: fc.constantFrom(...PLOTS),
  claimAt: milliseconds(0, (2 + 2 * DAYS + 1) * DAY_MS),
  edge: fc.option(
    fc.record({
      index: fc.integer({ min: 0, max: 2 }),
      offset: fc.integer({ min: -20, max: 20 }),
    }),
    { freq: 3 },
  ),
  delay: milliseconds(-5 * SECOND_MS, 15 * SECOND_MS),
  settlesAfter: milliseconds(20 * SECOND_MS, 6 * HOUR_MS),
  returnsAfter: milliseconds(60 * SECOND_MS, 5 * DAY_MS),
  paidAgainAfter: milliseconds(7 * HOUR_MS, 5 * DAY_MS),
  amount: fc.oneof(
    fc.integer({ min: 10_000, max: 5_000_000 }),
    fc.constant(Number.MAX_SAFE_INTEGER),
    fc.constant(10_000),
  ),
  foundBy: fc.constantFrom('reference', 'reference', 'disbursement', 'provider'),
  isClaimTimeGiven: fc.boolean(),
  isClaimUnseen: fc.boolean(),
});

export const dialects: fc.Arbitrary<Dialect> = fc.record({
  kind: fc.constantFrom('transactions', 'balance'),
  version: fc.constantFrom(0, 1, 2),
  delimiter: fc.constantFrom(',', ';'),
  hasBom: fc.boolean(),
  newline: fc.constantFrom('\n', '\r\n'),
  zone: fc.constantFrom('in the time', 'in a column', 'none'),
  separator: fc.constantFrom('T', ' '),
  amounts: fc.constantFrom('plain', 'commas', 'decimals'),
  headers: fc.constantFrom('as documented', 'upper case', 'spaces'),
  seed: fc.nat(),
  files: fc.constantFrom(1, 2),
});

/** Money that moved in the provider's record. */
export interface Movement {
  transactionId: string;
  productId: string;
  reference: string;
  amount: bigint;
  type: string;
  currency: string;
  createdAt: number;
  /** When it reached the bank. */
  paidAt?: number;
  /** When it was credited back. */
  returnedAt?: number;
  fee: number;
}

/** What must be found, per period: how often each result, by the name of the link or payment. */
type Expected = Map<string, string>;

/** A world: our links, the provider's movements, and what a match of each period must find. */
export interface World {
  links: PlannedLink[];
  movements: Movement[];
  expected: readonly [Expected, Expected];
}

/** References that a careless reader of CSV would break. */
const AWKWARD = ['', ', with a comma', '; and more', ' “März”', ' "quoted"', ' =1+1'];

/** @param prefix of every name, so that worlds share a database */
export function worldOf(given: readonly Story[], prefix: string, account: string): World {
  const world: World = { links: [], movements: [], expected: [new Map(), new Map()] };
  for (const [index, story] of given.entries()) {
    const name = `${prefix}-${index}${AWKWARD[index % AWKWARD.length]!}`;
    play(story, name, account, world);
  }
  return world;
}

function play(story: Story, name: string, account: string, { links, movements, expected }: World): void {
  const claim = claimOf(story);
  const payment = claim + story.delay;
  const amount = BigInt(story.amount);
  const productId = `product-${name}`;
  const providerId = `link-${name}`;
  const link = (changes: (readonly [PayoutLinkStatus, number])[], isClaimed = true): PlannedLink => ({
    account,
    externalId: name,
    amount,
    providerId,
    disbursementId: isClaimed ? productId : null,
    claimedAt: isClaimed && story.isClaimTimeGiven ? new Date(claim) : null,
    changes: changes
      .filter(([to], place) => to !== 'REQUESTED' || place === changes.length - 1 || !isUnseen)
      .map(([to, at]) => ({ to, at: new Date(at) })),
  });
  const created = ['PENDING', claim - HOUR_MS] as const;
  const isUnseen = story.isClaimTimeGiven && story.isClaimUnseen;
  const claimed = ['REQUESTED', claim] as const;
  const movement = (given: Partial<Movement> = {}): Movement => ({
    transactionId: `txn-${name}`,
    productId: story.foundBy === 'provider' ? providerId : productId,
    reference: story.foundBy === 'reference' ? name : `garbled-${name}`,
    amount,
    type: 'DISBURSEMENT',
    currency: 'IDR',
    createdAt: payment,
    fee: 5_000,
    ...given,
  });
  const settled = claim + Math.max(story.settlesAfter, story.delay + SECOND_MS);
  const paid = ['SUCCEEDED', settled] as const;
  const returned = settled + story.returnsAfter;
  const find = (result: string, at: number) => {
    const period = PERIODS.findIndex(({ from, to }) => at >= from && at < to);
    expected[period as 0 | 1]?.set(name, result);
  };

  switch (story.plot) {
    case 'paid':
      links.push(link([created, claimed, paid]));
      movements.push(movement({ paidAt: settled }));
      return;
    case 'failed':
      links.push(link([created, claimed, ['FAILED', settled]]));
      movements.push(movement({ returnedAt: settled, fee: 0 }));
      return;
    case 'on its way':
      links.push(link([created, claimed]));
      movements.push(movement({ fee: 0 }));
      return;
    case 'returned':
      links.push(link([created, claimed, paid, ['REVERSED', returned]]));
      movements.push(movement({ paidAt: settled, returnedAt: returned }));
      return;
    case 'never claimed':
      links.push(link([created, ['EXPIRED', claim]], false));
      return;
    case 'paid twice': {
      links.push(link([created, claimed, paid]));
      const again = payment + Math.max(story.paidAgainAfter, settled - payment + SECOND_MS);
      movements.push(
        movement({ paidAt: settled }),
        movement({
          transactionId: `txn-again-${name}`,
          productId: `product-again-${name}`,
          reference: name,
          createdAt: again,
          paidAt: again + SECOND_MS,
        }),
      );
      // A statement reaches a day further than its period; later ones are found by the match of their own time.
      const own = PERIODS.find(({ from, to }) => claim >= from && claim < to);
      if (own && again < own.to + DAY_MS) find('DUPLICATE_IN_STATEMENT', claim);
      else if (claim >= END || again >= END) return;
      else if (own || again >= START + DAY_MS || claim < START - DAYS * DAY_MS)
        find('DUPLICATE_IN_STATEMENT', again);
      return;
    }
    case 'lost': {
      links.push(link([created, claimed, paid]));
      const reach = story.isClaimTimeGiven ? HOUR_MS : DAY_MS;
      const isNearEdge = PERIODS.some(
        ({ from, to }) => claim >= from && claim < to && Math.min(claim - from, to - claim) <= reach,
      );
      if (!isNearEdge) find('ONLY_IN_BOOKS', claim);
      return;
    }
    case 'another amount':
      links.push(link([created, claimed, paid]));
      movements.push(movement({ amount: amount - 1n, paidAt: settled }));
      find('AMOUNT_DIFFERS', claim);
      return;
    case 'failed there':
      links.push(link([created, claimed, paid]));
      movements.push(movement({ returnedAt: payment + SECOND_MS, fee: 0 }));
      find('STATUS_DIFFERS', claim);
      return;
    case 'unknown there':
      movements.push(
        movement({ reference: `foreign-${name}`, productId: `foreign-${name}`, paidAt: settled }),
      );
      if (payment >= START && payment < END) {
        const period = PERIODS.findIndex(({ from, to }) => payment >= from && payment < to);
        expected[period as 0 | 1].set(`foreign-${name}`, 'ONLY_IN_STATEMENT');
      }
      return;
  }
}

/** Faults of one payment are planted within a period: at its edge, both periods would rightly show them. */
function claimOf({ plot, claimAt, edge }: Story): number {
  const mayBeAtEdge = plot !== 'another amount' && plot !== 'failed there';
  if (edge && mayBeAtEdge) return START + edge.index * DAYS * DAY_MS + edge.offset * SECOND_MS;
  const claim = START - 2 * DAY_MS + claimAt;
  if (mayBeAtEdge) return claim;
  const near = [START, MIDDLE, END].find((at) => Math.abs(claim - at) < HOUR_MS);
  return near === undefined ? claim : near + 2 * HOUR_MS;
}

/** Movements that are none of ours: other types and currencies, a payment of others that failed. */
export function noiseOf(prefix: string, kind: Dialect['kind']): Movement[] {
  const noise = (name: string, given: Partial<Movement>): Movement => ({
    transactionId: `txn-${prefix}-${name}`,
    productId: `product-${prefix}-${name}`,
    reference: `${prefix}-${name}`,
    amount: 70_000n,
    type: 'DISBURSEMENT',
    currency: 'IDR',
    createdAt: START + 30 * HOUR_MS,
    fee: 0,
    ...given,
  });
  return [
    noise('before', { type: 'PAYMENT', createdAt: START - 20 * HOUR_MS }),
    noise('before-2', { type: 'PAYMENT', createdAt: MIDDLE - 20 * HOUR_MS }),
    noise('payment', { type: 'PAYMENT' }),
    noise('dollars', { currency: 'USD' }),
    // In a Balance report, a debit would be money on its way.
    noise('failed', {
      createdAt: START + (kind === 'balance' ? -30 : 30) * HOUR_MS,
      returnedAt: START + 31 * HOUR_MS,
    }),
  ];
}

/** The lines of a day more than a period at each end, written as the dialect says, in one file or in two that overlap. */
export function statementOf(movements: readonly Movement[], index: number, dialect: Dialect): string[] {
  const from = PERIODS[index]!.from - DAY_MS;
  const to = PERIODS[index]!.to + DAY_MS;
  const rows = movements.flatMap((movement) => rowsOf(movement, from, to, dialect));
  const shuffled = shuffle(rows, dialect.seed);
  if (dialect.files === 1) return [csvOf(shuffled, dialect)];
  const half = Math.floor(shuffled.length / 2);
  const overlap = Math.min(shuffled.length, half + 5);
  // The first export may be older: transactions that were on their way then.
  const isOlder = dialect.kind === 'transactions' && dialect.seed % 2 === 0;
  const older = isOlder
    ? movements.flatMap((movement) =>
        rowsOf({ ...movement, paidAt: undefined, returnedAt: undefined }, from, to, dialect),
      )
    : [];
  const first = [...older, ...shuffled.slice(0, overlap)];
  return [csvOf(first, dialect), csvOf(shuffled.slice(half), dialect)];
}

type Row = Record<string, string>;

function rowsOf(movement: Movement, from: number, to: number, dialect: Dialect): Row[] {
  return dialect.kind === 'transactions'
    ? transactionRows(movement, from, to, dialect)
    : balanceRows(movement, from, to, dialect);
}

function transactionRows(movement: Movement, from: number, to: number, dialect: Dialect): Row[] {
  const { createdAt, paidAt, returnedAt, fee, amount } = movement;
  if (createdAt < from || createdAt >= to) return [];
  const vat = Math.round((fee * 11) / 100);
  const status =
    returnedAt === undefined
      ? paidAt === undefined
        ? 'PENDING'
        : 'SUCCESS'
      : paidAt === undefined
        ? 'FAILED'
        : 'REVERSED';
  const isLatest = dialect.version === 2;
  return [
    {
      Status: status,
      Type: movement.type,
      'Channel Name': 'BCA',
      Currency: movement.currency,
      Amount: amountIn(amount, movement.currency, dialect),
      [isLatest ? 'Total Fee' : 'Fee']: String(fee),
      [isLatest ? 'Total VAT' : 'VAT']: String(vat),
      Reference: movement.reference,
      'Transaction ID': movement.transactionId,
      [isLatest ? 'Product ID' : 'Payment ID']: movement.productId,
      'Timestamp - Created': timeIn(createdAt, dialect),
      'Timestamp - Updated': timeIn(returnedAt ?? paidAt ?? createdAt, dialect),
      ...(dialect.zone === 'none' ? {} : { Timezone: '+0700 UTC' }),
      'Something new': 'ignored',
    },
  ];
}

function balanceRows(movement: Movement, from: number, to: number, dialect: Dialect): Row[] {
  const { createdAt, paidAt, returnedAt, fee } = movement;
  const vat = Math.round((fee * 11) / 100);
  const line = (lineType: string, amount: bigint, side: 'DEBIT' | 'CREDIT', at: number): Row[] =>
    at < from || at >= to
      ? []
      : [
          {
            'Product ID': movement.productId,
            'Transaction ID': movement.transactionId,
            Reference: movement.reference,
            'Transaction Type': movement.type,
            'Line Type': lineType,
            Currency: movement.currency,
            Amount: amountIn(amount, movement.currency, dialect),
            'Debit or Credit': side,
            [dialect.version === 0 ? 'Created Date' : 'Created Date ISO']: timeIn(at, dialect),
            ...(dialect.zone === 'none' ? {} : { 'Time Zone': '+0700 UTC' }),
            'Something new': 'ignored',
          },
        ];
  const paid = fee > 0 ? paidAt : undefined;
  return [
    ...line('TRANSACTION', movement.amount, 'DEBIT', createdAt),
    ...(paid === undefined
      ? []
      : [...line('FEE', BigInt(fee), 'DEBIT', paid), ...line('VAT', BigInt(vat), 'DEBIT', paid)]),
    ...(returnedAt === undefined ? [] : line('TRANSACTION_REVERSAL', movement.amount, 'CREDIT', returnedAt)),
  ];
}

function amountIn(amount: bigint, currency: string, { amounts }: Dialect): string {
  if (currency !== 'IDR') return `${amount}.25`;
  if (amounts === 'commas') return new Intl.NumberFormat('en-US').format(amount);
  return amounts === 'decimals' ? `${amount}.00` : String(amount);
}

/** In the zone of the statement: Jakarta's, or UTC where it has none. */
function timeIn(at: number, { zone, separator }: Dialect): string {
  const shift = zone === 'none' ? 0 : 7 * HOUR_MS;
  const local = new Date(at + shift).toISOString().replace('Z', '').replace('T', separator);
  return zone === 'in the time' ? `${local}+07:00` : local;
}

function csvOf(rows: readonly Row[], dialect: Dialect): string {
  const { delimiter, newline, hasBom, headers, seed } = dialect;
  const names = shuffle([...new Set(rows.flatMap((row) => Object.keys(row)))], seed + 1);
  const quoted = (cell: string) =>
    /[",;\n]/.test(cell) || seed % 3 === 0 ? `"${cell.replaceAll('"', '""')}"` : cell;
  const header = names.map((name) =>
    headers === 'upper case' ? name.toUpperCase() : headers === 'spaces' ? ` ${name} ` : name,
  );
  const lines = [header, ...rows.map((row) => names.map((name) => row[name] ?? ''))];
  const text = lines.map((cells) => cells.map(quoted).join(delimiter)).join(newline);
  return `${hasBom ? '\uFEFF' : ''}${text}${newline}`;
}

/** Always the same order for a seed. */
function shuffle<T>(things: readonly T[], seed: number): T[] {
  let state = seed % 2_147_483_647;
  const next = () => (state = (state * 48_271 + 11) % 2_147_483_647);
  return things
    .map((thing) => ({ thing, key: next() }))
    .toSorted((a, b) => a.key - b.key)
    .map(({ thing }) => thing);
}
