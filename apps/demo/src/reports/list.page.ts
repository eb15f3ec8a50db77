import { html, type Html } from 'app-runtime';
import { count } from '../operations/layout/format.js';
import { page } from '../operations/layout/page.html.js';
import { table } from '../operations/layout/table.html.js';
import { balanceBadge, lineOf, sealBadge } from './report.html.js';
import { listAddress } from './reports.query.js';
import type { Slot, SlotDelivery } from './slots.repository.js';
import { statementTable, type StatementRow } from './statement.table.js';

/** A slot in the list. */
interface SlotRow {
  slot: Slot;
  /** Its report set is in `REPORTS_DIR`. */
  hasFiles: boolean;
}

interface ListView {
  rows: readonly SlotRow[];
  statements: readonly StatementRow[];
  accounts: readonly string[];
  /** Only this account's. */
  account: string | null;
  hasNewer: boolean;
  hasOlder: boolean;
}

/** Nothing to show. */
const NONE = html`<span class="soft">–</span>`;

/** All report sets and statements, the newest first. */
export function listPage({ rows, statements, accounts, account, hasNewer, hasOlder }: ListView, timezone: string): string {
  const heading = account === null ? 'Reports' : `Reports of ${account}`;
  return page(
    `${heading} · Payout links`,
    html`<h1>${heading}</h1>
      <p class="soft">What the reconciler wrote, a report for each account and date, the newest first.</p>
      ${accounts.length > 1 && accountLinks(accounts, account)}
      <section aria-labelledby="slots">
        <h2 id="slots">By date</h2>
        ${rows.length === 0 ? nothing(!hasNewer) : html`<div class="card">${slotTable(rows)}</div>`}
        ${pages(account, rows, hasNewer, hasOlder)}
      </section>
      ${statements.length > 0 && statementTable(statements)}`,
    { at: '/reports', timezone, icon: false },
  );
}

function accountLinks(accounts: readonly string[], current: string | null): Html {
  const entries = [null, ...accounts];
  return html`<nav class="pages" aria-label="Accounts">
    ${entries.map((name) => html`<a href="${listAddress(name)}" ${name === current && html` aria-current="page"`}>${name ?? 'All accounts'}</a>`)}
  </nav>`;
}

function slotTable(rows: readonly SlotRow[]): Html {
  return table<SlotRow>({
    caption: 'Reports by date, newest first',
    rows,
    columns: [
      {
        name: 'Report',
        cell: ({ slot, hasFiles }) =>
          html`<a href="/reports/${slot.account}/${slot.date}/">${slot.date} ${slot.account}</a>
            ${!hasFiles && html`<small>files are not on this server</small>`}`,
      },
      { name: 'Totals', cell: ({ slot: { outcome } }) => (outcome ? balanceBadge(outcome.balanced) : NONE) },
      { name: 'State', cell: ({ slot }) => sealBadge(slot.outcome) },
      { name: 'Failures to settle', className: 'money', cell: ({ slot }) => stacked(slot, 'failures_closing') },
      { name: 'Open links', className: 'money', cell: ({ slot }) => stacked(slot, 'closing') },
      { name: 'Discrepancies', className: 'number', cell: ({ slot: { outcome } }) => (outcome ? count(outcome.discrepancies) : NONE) },
      {
        name: 'Links read',
        className: 'money',
        cell: ({ slot: { outcome } }) =>
          outcome ? `${count(outcome.coverage.read)} of ${count(outcome.coverage.open)}` : NONE,
      },
      { name: 'Delivery', cell: ({ slot }) => deliveryState(slot.deliveries) },
    ],
  });
}

/** The count, and the amounts below it. */
function stacked({ outcome }: Slot, name: string): Html {
  if (!outcome) return NONE;
  const { count: links, amounts } = lineOf(outcome, name);
  return html`${count(links)}${links > 0 && html`<small>${amounts}</small>`}`;
}

/** By the newest delivery to each target. */
function deliveryState(deliveries: readonly SlotDelivery[]): Html {
  if (deliveries.length === 0) return NONE;
  const newest = new Map(deliveries.toReversed().map((delivery) => [delivery.target, delivery]));
  const waiting = [...newest.values()].filter(({ state }) => state === 'WAITING').length;
  if (waiting === 0) return html`<span class="status good">delivered</span>`;
  return html`<span class="status bad">${waiting} of ${newest.size} undelivered</span>`;
}

function nothing(isFirst: boolean): Html {
  return isFirst
    ? html`<p class="empty card">No report yet: the reconciler writes one for each date when it is over.</p>`
    : html`<p class="empty card">There is nothing older.</p>`;
}

function pages(
  account: string | null,
  rows: readonly SlotRow[],
  hasNewer: boolean,
  hasOlder: boolean,
): Html | null {
  if (!hasNewer && !hasOlder) return null;
  const [first, last] = [rows[0]?.slot, rows.at(-1)?.slot];
  return html`<nav class="pages" aria-label="Pages of the list">
    ${hasNewer && html`<a href="${listAddress(account)}" rel="first">Newest</a>`}
    ${hasNewer && first && html`<a href="${listAddress(account, { before: first })}" rel="prev">Newer</a>`}
    ${hasOlder && last && html`<a href="${listAddress(account, { after: last })}" rel="next">Older</a>`}
  </nav>`;
}
