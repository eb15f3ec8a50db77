import { PayoutLinkStatus, type PayoutLink, type PayoutLinkPage } from 'nestjs-payout-links';
import { html, type Html } from 'app-runtime';
import { rupiah, timeTag } from '../layout/format.js';
import { page, statusBadge } from '../layout/page.html.js';
import { table } from '../layout/table.html.js';
import { addressOf, type LinksFilter } from './links.filter.js';
import { inAll, statusTotals } from './status-totals.html.js';
import type { StatusTotal } from './totals.repository.js';

/** The first operations page. */
export function linksPage(
  { items, nextCursor }: PayoutLinkPage,
  totals: readonly StatusTotal[],
  filter: LinksFilter,
  timezone: string,
): string {
  return page(
    titleOf(filter),
    html`<h1>Payout links</h1>
      ${inAll(totals)} ${totals.length > 0 && statusTotals(totals, filter)}
      <section aria-labelledby="list">
        <h2 id="list">${headingOf(filter)}</h2>
        ${filterForm(filter)}
        ${items.length === 0 ? nothing(filter) : html`<div class="card">${list(items, timezone)}</div>`}
        ${pages(filter, nextCursor)}
      </section>`,
    { at: '/', timezone },
  );
}

function headingOf({ status, q, batchId }: LinksFilter): string {
  return [
    status ?? 'All',
    q !== undefined && `with “${q}”`,
    batchId !== undefined && `of the batch ${shortened(batchId)}`,
    '· newest first',
  ]
    .filter(Boolean)
    .join(' ');
}

/** Enough of a file's hash to recognise it. */
function shortened(batchId: string): string {
  return batchId.length > 16 ? `${batchId.slice(0, 12)}…` : batchId;
}

function titleOf(filter: LinksFilter): string {
  const narrowed = Object.keys(filter).length > 0;
  return narrowed ? `${headingOf(filter)} · Payout links` : 'Payout links';
}

function filterForm({ status, q, batchId }: LinksFilter): Html {
  const options = Object.values(PayoutLinkStatus).map(
    (one) => html`<option${one === status && html` selected`}>${one}</option>`,
  );
  return html`<form class="filter" method="get" action="/" role="search" aria-label="Payout links">
    ${batchId !== undefined && html`<input type="hidden" name="batchId" value="${batchId}" />`}
    <label class="wide"
      >External id or e-mail, or a part of it<input type="search" name="q" value="${q}" maxlength="255"
    /></label>
    <label
      >Status<select name="status">
        <option value="">All</option>
        ${options}
      </select></label
    >
    <button>Find</button>
    ${batchId !== undefined && html`<a href="${addressOf({ status, q })}">All batches</a>`}
  </form>`;
}

function list(items: readonly PayoutLink[], timezone: string): Html {
  return table<PayoutLink>({
    caption: 'Payout links, newest first',
    rows: items,
    columns: [
      { name: 'Payout link', cell: (link) => html`<a href="/links/${link.id}">${link.externalId}</a>` },
      { name: 'Recipient', cell: ({ email }) => email },
      { name: 'Amount', className: 'money', cell: ({ amount }) => rupiah(amount) },
      {
        name: 'Status',
        cell: ({ status, failureCode }) =>
          html`${statusBadge(status)}${failureCode !== null && html`<small>${failureCode}</small>`}`,
      },
      { name: 'Created', className: 'time', cell: ({ createdAt }) => timeTag(createdAt, timezone) },
    ],
  });
}

function nothing(filter: LinksFilter): Html {
  const narrowed = Object.keys(filter).length > 0;
  return narrowed
    ? html`<p class="empty card">No payout link matches. <a href="/">Show all</a></p>`
    : html`<p class="empty card">
        No payout links yet. Create one with <a href="/docs">POST /payout-links</a>.
      </p>`;
}

function pages({ cursor, ...filter }: LinksFilter, nextCursor: string | null): Html | null {
  if (cursor === undefined && nextCursor === null) return null;
  return html`<nav class="pages" aria-label="Pages of the list">
    ${cursor !== undefined && html`<a href="${addressOf(filter)}" rel="first">First page</a>`}
    ${nextCursor !== null && html`<a href="${addressOf({ ...filter, cursor: nextCursor })}" rel="next">Next page</a>`}
  </nav>`;
}
