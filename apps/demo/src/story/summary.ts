import { FAILED_STATUSES } from 'nestjs-payout-links';
import type { Link } from './demo.client.js';
import type { MatchOutcome } from './programs.js';

const count = new Intl.NumberFormat('id-ID');
const FAILED: readonly string[] = FAILED_STATUSES;

/** Count and amount by status, aligned. */
export function statusTable(links: readonly Link[]): string {
  const byStatus = new Map<string, { count: number; amount: number }>();
  for (const { status, amount } of links) {
    const total = byStatus.get(status) ?? { count: 0, amount: 0 };
    byStatus.set(status, { count: total.count + 1, amount: total.amount + amount });
  }
  const rows = [...byStatus].toSorted(([a], [b]) => a.localeCompare(b));
  const line = (...[status, howMany, money]: [string, string, string]) =>
    `  ${status.padEnd(12)}${howMany.padStart(6)}${money.padStart(20)}`;
  const total = { count: links.length, amount: links.reduce((sum, { amount }) => sum + amount, 0) };
  return [
    line('status', 'count', 'amount (IDR)'),
    ...rows.map(([status, of]) => line(status, count.format(of.count), count.format(of.amount))),
    line('total', count.format(total.count), count.format(total.amount)),
  ].join('\n');
}

/** What the provider's statement says about the day, in one line. */
export function describeMatch({ exitCode, results, balanced, reportSet, fees, vat }: MatchOutcome): string {
  if (results === null) return `statement: it could not be matched (exit code ${exitCode})`;
  if (!balanced) return `statement: THE SUMMARY DOES NOT BALANCE, see ${reportSet}`;
  if (exitCode !== 0) return `statement: it disagrees with our database, see ${reportSet}/match.html`;
  return (
    `statement: ${results.MATCHED!.count} payments match, nothing to act on; ` +
    `fees IDR ${count.format(BigInt(fees!))}, VAT IDR ${count.format(BigInt(vat!))}`
  );
}

/** Each failure on two lines: what failed and why, and what to do. */
export function describeFailures(links: readonly Link[]): string {
  const failures = links.filter(({ status }) => FAILED.includes(status));
  return failures
    .toSorted((a, b) => a.externalId.localeCompare(b.externalId))
    .map(
      ({ externalId, status, failureCode, amount, advice }) =>
        `  ${externalId}  ${status}  ${failureCode ?? 'without a code'}  IDR ${count.format(amount)}\n` +
        `    ${advice?.retry}, ${advice?.owner}: ${advice?.text}`,
    )
    .join('\n');
}
