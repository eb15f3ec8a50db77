import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { MatchStage, type Matched } from '../reconciler/match.stage.js';
import {
  dialects,
  noiseOf,
  PERIODS,
  statementOf,
  stories,
  worldOf,
  type Dialect,
  type Story,
} from '../reconciler/statement.plans.js';
import { report, size } from './size.js';

const FINDINGS = [
  'DUPLICATE_IN_STATEMENT',
  'ONLY_IN_STATEMENT',
  'AMOUNT_DIFFERS',
  'STATUS_DIFFERS',
  'ONLY_IN_BOOKS',
];
const DATES = [
  { from: '2026-03-02', to: '2026-03-04' },
  { from: '2026-03-05', to: '2026-03-07' },
];

describe('over any links and the statements of their provider,', () => {
  let stage: MatchStage;
  beforeAll(async () => {
    stage = await MatchStage.open();
  });
  afterAll(() => stage.close());

  const figures = { worlds: 0, links: 0, movements: 0, faults: 0, rows: 0 };

  it(
    'a match of two adjoining periods finds every planted fault and nothing else, and balances',
    async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(stories, { minLength: 1, maxLength: 30, size: 'max' }), dialects, prove),
        {
          numRuns: size(40, 1_500),
          interruptAfterTimeLimit: size(60_000, 1_500_000),
        },
      );
      report('random statements', figures);
    },
    size(200_000, 1_800_000),
  );

  async function prove(given: Story[], dialect: Dialect): Promise<void> {
    figures.worlds += 1;
    const prefix = `w${figures.worlds}`;
    await stage.database.query('TRUNCATE payout_link CASCADE');
    // One ordinary payment in each period: a statement without any of ours is refused.
    const ordinary = PERIODS.map(({ from }) => ordinaryAt(from + 36 * 3_600_000));
    const { links, movements, expected } = worldOf([...given, ...ordinary], prefix, 'default');
    const all = [...movements, ...noiseOf(prefix, dialect.kind)];
    await stage.store(links);
    const shown = new Map<string, string[]>();
    for (const [index, dates] of DATES.entries()) {
      const files = await Promise.all(
        statementOf(all, index, dialect).map((content, number) =>
          stage.file(content, `${index}-${number}.csv`),
        ),
      );
      const matched = await stage.match({ ...dates, files });
      expectFindings(matched, expected[index]!);
      expectBalance(matched);
      for (const { result, product_id: id } of matched.rows)
        if (id !== '') shown.set(id!, [...(shown.get(id!) ?? []), result!]);
      figures.rows += matched.rows.length;
    }
    // No payment is compared twice; none that was created in the periods is left out.
    for (const [id, results] of shown)
      expect([id, results.filter((result) => result !== 'TIMING').length <= 1]).toEqual([id, true]);
    for (const { productId, createdAt, type, currency, reference } of movements) {
      const isInPeriods = createdAt >= PERIODS[0]!.from && createdAt < PERIODS[1]!.to;
      if (isInPeriods && type === 'DISBURSEMENT' && currency === 'IDR')
        expect([reference, shown.has(productId)]).toEqual([reference, true]);
    }
    figures.links += links.length;
    figures.movements += all.length;
    figures.faults += expected[0].size + expected[1].size;
  }
});

function expectFindings({ rows }: Matched, expected: ReadonlyMap<string, string>): void {
  const found = rows
    .filter(({ result }) => FINDINGS.includes(result!))
    .map((row) => [unguarded(row.external_id || row.reference!), row.result!] as const);
  const inOrder = (list: (readonly [string, string])[]) => list.toSorted(([a], [b]) => (a < b ? -1 : 1));
  expect(inOrder(found)).toEqual(inOrder([...expected]));
}

/** The rows of each result add up to its line, and the lines to the difference between the two sides. */
function expectBalance({ rows, summary, balanced }: Matched): void {
  expect([balanced, summary.difference]).toEqual([true, { count: 0, amount: '0' }]);
  const lines = [
    'only_in_statement',
    'only_in_books',
    'duplicate_in_statement',
    'amount_differs',
    'status_differs',
    'timing',
  ];
  let sum = BigInt(summary.pending!.amount);
  for (const line of lines) {
    const own = rows.filter(({ result }) => result!.toLowerCase() === line);
    const amount = own.reduce((total, { difference }) => total + BigInt(difference!), 0n);
    expect([line, summary[line]]).toEqual([line, { count: own.length, amount: amount.toString() }]);
    sum += amount;
  }
  expect(BigInt(summary.statement!.amount) - BigInt(summary.books!.amount)).toBe(sum);
  expect(summary.statement!.count).toBe(rows.filter(({ statement_amount: amount }) => amount !== '').length);
}

/** Without the apostrophe that guards a cell. */
function unguarded(cell: string): string {
  return cell.startsWith("'") ? cell.slice(1) : cell;
}

function ordinaryAt(at: number): Story {
  return {
    plot: 'paid',
    claimAt: at - (PERIODS[0]!.from - 2 * 86_400_000),
    edge: null,
    delay: 0,
    settlesAfter: 60_000,
    returnsAfter: 60_000,
    paidAgainAfter: 60_000,
    amount: 50_000,
    foundBy: 'reference',
    isClaimTimeGiven: true,
    isClaimUnseen: false,
  };
}
