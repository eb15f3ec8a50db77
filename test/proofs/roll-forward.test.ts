import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { WrittenReport } from '../../apps/reconciler/src/report/report.service.js';
import { report, size } from './size.js';
import { ExpectedReports } from '../reconciler/expected-totals.js';
import type { LinkHistory } from '../reconciler/histories.js';
import { PlannedAccount, plannedAccounts, type PlannedSlot } from '../reconciler/history.plans.js';
import { readCsv, type CsvRow } from '../reconciler/reconciler.stage.js';
import { expectSameFiles, filesOf, type ReportFiles } from '../reconciler/report.files.js';
import { ReportStage } from '../reconciler/report.stage.js';

const MOVEMENTS = ['created', 'succeeded', 'failed', 'expired', 'voided', 'rejected', 'reopened', 'reversed'];
const END_OF_TIME = new Date('2100-01-01T00:00:00Z');

describe('over any history of links, slot by slot,', () => {
  let stage: ReportStage;
  beforeAll(async () => {
    stage = await ReportStage.open();
  });
  afterAll(() => stage.close());

  const figures = {
    histories: 0,
    links: 0,
    changes: 0,
    slots: 0,
    provisional: 0,
    open: 0,
    failureRows: 0,
    openRows: 0,
  };
  let cases = 0;

  it(
    'every slot balances, opens with the last closing, shows what an accountant would, and is repeatable',
    async () => {
      await fc.assert(
        fc.asyncProperty(plannedAccounts(), async (planned) => {
          cases += 1;
          await prove(planned.map((account) => renamed(account, `${account.name}${cases}`)));
        }),
        // Leaves time to shrink a counterexample.
        { numRuns: size(16, 1_000), interruptAfterTimeLimit: size(90_000, 1_500_000) },
      );
      report('random histories', figures);
    },
    size(300_000, 1_800_000),
  );

  async function prove(accounts: PlannedAccount[]): Promise<void> {
    const sets = new Map<string, ReportFiles>();
    for (const proved of await Promise.all(accounts.map(proveSlots)))
      for (const set of proved) sets.set(...set);
    for (const { links } of accounts) await stage.histories.record(links, END_OF_TIME);
    const again = accounts.flatMap(({ name, slots }) =>
      slots
        .filter(({ provisional, open }) => !provisional && !open)
        .map(async ({ date }) => {
          const { result } = await stage.printAgain(name, date);
          expectSameFiles(await filesOf(result.reportSet), sets.get(result.reportSet)!);
        }),
    );
    await Promise.all(again);
  }

  /** Every slot in the order in which it ran, each with only what had happened by then in the tables. */
  async function proveSlots({ name, slots, links }: PlannedAccount): Promise<[string, ReportFiles][]> {
    const sets: [string, ReportFiles][] = [];
    const finished: PlannedSlot[] = [];
    const sums = new Map(MOVEMENTS.map((line) => [line, { count: 0, amount: 0n }]));
    let closing = { count: 0, amount: 0n };
    figures.histories += 1;
    figures.links += links.length;
    for (const { changes } of links) figures.changes += changes.length;
    for (const slot of slots) {
      await stage.histories.record(links, slot.asOf);
      const { date, asOf, provisional, open = false } = slot;
      const written = await stage.finish({ account: name, date, asOf, provisional, open });
      const lines = await proveSet(written, links, [...finished, slot]);
      expect(lines.get('opening')).toEqual(closing);
      figures.slots += 1;
      figures.provisional += Number(provisional);
      figures.open += Number(open);
      if (provisional || open) continue;
      closing = lines.get('closing')!;
      for (const [line, sum] of sums) {
        sum.count += lines.get(line)!.count;
        sum.amount += lines.get(line)!.amount;
      }
      finished.push(slot);
      sets.push([written.result.reportSet, await filesOf(written.result.reportSet)]);
    }
    expect(Object.fromEntries(sums)).toEqual(new ExpectedReports(links, finished).totals());
    return sets;
  }

  /** Compares one set with the expected totals; returns its lines. */
  async function proveSet(
    { result }: WrittenReport,
    links: readonly LinkHistory[],
    slots: readonly PlannedSlot[],
  ): Promise<Map<string, { count: number; amount: bigint }>> {
    const expected = new ExpectedReports(links, slots);
    const last = slots.length - 1;
    const rows = async (file: string) => readCsv(join(result.reportSet, file));
    const inOrder = (all: CsvRow[], ...columns: string[]) =>
      all
        .map((row) => Object.fromEntries(columns.map((column) => [column, row[column]])))
        .toSorted((one, other) => (one.external_id! < other.external_id! ? -1 : 1));

    const open = await rows('open-links.csv');
    expect(inOrder(open, 'external_id', 'status', 'amount')).toEqual(expected.openLinks(last));
    const failures = await rows('failures.csv');
    expect(
      inOrder(
        failures,
        'change',
        'external_id',
        'status',
        'failure_stage',
        'failure_code',
        'attempt',
        'replaced_by',
      ),
    ).toEqual(expected.failures(last));
    const lines = new Map(
      (await rows('roll-forward.csv')).map(({ line, count, amount }) => [
        line!,
        { count: Number(count), amount: BigInt(amount!) },
      ]),
    );
    expect(Object.fromEntries(lines)).toEqual({
      ...expected.lines(last),
      difference: { count: 0, amount: 0n },
      failures_difference: { count: 0, amount: 0n },
    });
    await proveOneFigure(result.reportSet, failures, lines.get('failures_closing')!);
    expect(result.footed).toBe(true);
    figures.openRows += open.length;
    figures.failureRows += failures.length;
    return lines;
  }

  /** Each chain is on the list at most once, and its sum is the same in the file, the manifest and on the page. */
  async function proveOneFigure(
    reportSet: string,
    failures: CsvRow[],
    closing: { count: number; amount: bigint },
  ): Promise<void> {
    const order = ['NEW', 'REOPENED', 'STILL_OPEN', 'REPLACED', 'SETTLED'];
    const ranks = failures.map(({ change }) => order.indexOf(change!));
    expect(ranks).toEqual(ranks.toSorted((one, other) => one - other));
    const toSettle = failures.filter(({ change }) => change !== 'REPLACED' && change !== 'SETTLED');
    const chains = toSettle.map((row) => row.external_id!.replace(/-r\d+$/, ''));
    expect(new Set(chains).size).toBe(chains.length);
    const sum = toSettle.reduce((total, { amount }) => total + BigInt(amount!), 0n);
    expect({ count: toSettle.length, amount: sum }).toEqual(closing);
    const manifest = JSON.parse(await readFile(join(reportSet, 'manifest.json'), 'utf8')) as {
      files: Record<string, { sums: Record<string, Record<string, string>> }>;
    };
    const sums = Object.values(manifest.files['failures.csv']!.sums.IDR ?? {});
    expect(sums.reduce((total, each) => total + BigInt(each), 0n)).toBe(sum);
    const page = await readFile(join(reportSet, 'report.html'), 'utf8');
    const [, shown] = /Failures to settle<\/span><b>(.*?)<\/b>/.exec(page)!;
    expect(shown!.replaceAll(',', '')).toBe(String(toSettle.length));
  }
});

/** Under another name: the tables are not emptied between histories. */
function renamed({ slots, links }: PlannedAccount, name: string): PlannedAccount {
  return new PlannedAccount(
    name,
    slots,
    links.map((link) => ({ ...link, account: name })),
  );
}
