import type { DataSource } from 'typeorm';
import { ReportRepository } from '../report/report.repository.js';
import { ReconciliationRun } from '../slot/reconciliation-run.entity.js';
import { HISTORY_RULES } from './history.rules.js';
import { recomputedLines } from './recomputed-lines.js';
import { SLOT_RULES } from './slot.rules.js';

/** A rule and what breaks it; nothing when it holds. */
export interface CheckedRule {
  name: string;
  broken: string[];
}

/** The lines of every sealed slot, computed again. */
const ROLL_FORWARDS = 'the roll-forwards of a sealed slot are the same when they are computed again';
const SHOWN_AT_MOST = 1_000;

/** Proves the rules on every row of a database. Reads only; tables of the reconciler may be missing. */
export async function* checkInvariants(dataSource: DataSource): AsyncGenerator<CheckedRule, void, void> {
  const [found] = await dataSource.query<{ table: string | null }[]>(
    "SELECT to_regclass('payout_link_reconciliation_run')::text AS table",
  );
  const hasSlots = found!.table !== null;
  for (const { name, sql } of [...HISTORY_RULES, ...(hasSlots ? SLOT_RULES : [])]) {
    const rows = await dataSource.query<{ what: string }[]>(`${sql} LIMIT ${SHOWN_AT_MOST}`);
    yield { name, broken: rows.map(({ what }) => what) };
  }
  if (hasSlots) yield { name: ROLL_FORWARDS, broken: await changedRollForwards(dataSource) };
}

async function changedRollForwards(dataSource: DataSource): Promise<string[]> {
  const queries = new ReportRepository(dataSource);
  const changed: string[] = [];
  const runs = await dataSource.getRepository(ReconciliationRun).find({
    where: { status: 'FINISHED', sealed: true },
    order: { account: 'ASC', businessDate: 'ASC' },
  });
  for (const [index, run] of runs.entries()) {
    const before = runs[index - 1];
    const previous = before?.account === run.account ? before : null;
    const lines = await recomputedLines(queries, run, previous);
    for (const difference of differencesBetween(run.rollForward ?? {}, lines))
      changed.push(`${run.account} ${run.businessDate}: ${difference}`);
  }
  return changed;
}

type Lines = NonNullable<ReconciliationRun['rollForward']>;

function differencesBetween(stored: Lines, computed: Lines): string[] {
  const currencies = new Set([...Object.keys(stored), ...Object.keys(computed)]);
  return [...currencies].flatMap((currency) =>
    // Slots of earlier versions have fewer lines.
    Object.entries(stored[currency] ?? computed[currency]!).flatMap(([line, was]) => {
      const is = computed[currency]?.[line];
      if (stored[currency] && is && is.count === was?.count && is.amount === was.amount) return [];
      return [`${currency} ${line} is stored as ${textOf(stored[currency]?.[line])}, and is ${textOf(is)}`];
    }),
  );
}

function textOf(total: { count: number; amount: string } | undefined): string {
  return total ? `${total.count} links and ${total.amount}` : 'nothing';
}
