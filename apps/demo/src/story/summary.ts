import { FAILED_STATUSES } from 'nestjs-payout-links';
import type { Link } from './demo.client.js';

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
