import { PayoutLinkStatus, type PayoutLink, type PayoutLinkPage } from 'nestjs-payout-links';
import { count, localTime, rupiah } from './format.js';
import { html, type Html } from 'app-runtime';
import { page, statusBadge } from './page.html.js';
import type { StatusTotal } from './totals.repository.js';

/** What the list is narrowed to. */
export interface LinksFilter {
  status?: string;
  q?: string;
  cursor?: string;
}

const STATUSES = Object.values(PayoutLinkStatus);

/** Totals by status, and the list of links. */
export function linksPage(
  { items, nextCursor }: PayoutLinkPage,
  totals: readonly StatusTotal[],
  filter: LinksFilter,
  timezone: string,
): string {
  const all = totals.reduce((sum, { amount }) => sum + amount, 0n);
  const links = totals.reduce((sum, total) => sum + total.count, 0);
  return page(
    'Payout links',
    html`<h1>Operations</h1>
      <p class="soft">${count(links)} payout links, <span class="money">${rupiah(all)}</span> in all</p>
      <ul class="totals">
        ${STATUSES.flatMap((status) =>
          tile(
            totals.find((total) => total.status === status),
            filter,
          ),
        )}
      </ul>
      ${filterForm(filter)}
      <div class="card">${items.length === 0 ? nothing(filter) : table(items, timezone)}</div>
      ${pages(filter, nextCursor)}`,
  );
}

function tile(total: StatusTotal | undefined, { status, q }: LinksFilter): Html[] {
  if (!total) return [];
  const chosen = total.status === status;
  const address = chosen ? addressOf({ q }) : addressOf({ q, status: total.status });
  const current = chosen && html` aria-current="true"`;
  return [
    html`<li>
      <a class="card" href="${address}" ${current}
        >${statusBadge(total.status)}<b>${count(total.count)}</b
        ><span class="money soft">${rupiah(total.amount)}</span></a
      >
    </li>`,
  ];
}

function filterForm({ status, q }: LinksFilter): Html {
  const options = STATUSES.map((one) => html`<option${one === status && html` selected`}>${one}</option>`);
  return html`<form method="get" action="/" role="search">
    <label class="wide"
      >External id or e-mail<input type="search" name="q" value="${q}" maxlength="255"
    /></label>
    <label
      >Status<select name="status">
        <option value="">All</option>
        ${options}
      </select></label
    >
    <button>Find</button>
  </form>`;
}

function table(items: readonly PayoutLink[], timezone: string): Html {
  return html`<table>
    <thead>
      <tr>
        <th>Payout link</th>
        <th>Recipient</th>
        <th class="money">Amount</th>
        <th>Status</th>
        <th>Created (${timezone})</th>
      </tr>
    </thead>
    <tbody>
      ${items.map((link) => row(link, timezone))}
    </tbody>
  </table>`;
}

function row(link: PayoutLink, timezone: string): Html {
  return html`<tr>
    <td><a href="/links/${link.id}">${link.externalId}</a></td>
    <td>${link.email}</td>
    <td class="money">${rupiah(link.amount)}</td>
    <td>
      ${statusBadge(link.status)}${link.failureCode !== null && html`<small>${link.failureCode}</small>`}
    </td>
    <td class="time">${localTime(link.createdAt, timezone)}</td>
  </tr>`;
}

function nothing({ status, q, cursor }: LinksFilter): Html {
  const narrowed = status !== undefined || q !== undefined || cursor !== undefined;
  return narrowed
    ? html`<p class="empty">No payout link matches. <a href="/">Show all</a></p>`
    : html`<p class="empty">No payout links yet. Create one with <a href="/docs">POST /payout-links</a>.</p>`;
}

function pages({ status, q, cursor }: LinksFilter, nextCursor: string | null): Html {
  return html`<nav class="pages" aria-label="Pages">
    ${cursor !== undefined && html`<a href="${addressOf({ status, q })}">First page</a>`}
    ${nextCursor !== null && html`<a href="${addressOf({ status, q, cursor: nextCursor })}" rel="next">Next page</a>`}
  </nav>`;
}

function addressOf(filter: LinksFilter): string {
  const given = Object.entries(filter).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const query = new URLSearchParams(given).toString();
  return query === '' ? '/' : `/?${query}`;
}
