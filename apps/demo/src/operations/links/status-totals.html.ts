import { OPEN_STATUSES, PayoutLinkStatus } from 'nestjs-payout-links';
import { html, type Html } from 'app-runtime';
import { count, counted, grouped, rupiah } from '../layout/format.js';
import { statusBadge, TONES } from '../layout/page.html.js';
import { addressOf, type LinksFilter } from './links.filter.js';
import type { StatusTotal } from './totals.repository.js';

/** Links and rupiah by status, as numbers with bars; each status is a link that filters the list. */
export function statusTotals(totals: readonly StatusTotal[], filter: LinksFilter): Html {
  const shown = Object.values(PayoutLinkStatus).flatMap((status) =>
    totals.filter((total) => total.status === status),
  );
  const all = sumOf(totals);
  const largest = {
    count: Math.max(1, ...shown.map((total) => total.count)),
    amount: shown.reduce((most, { amount }) => (amount > most ? amount : most), 1n),
  };
  return html`<section class="card totals" aria-labelledby="totals">
    <h2 id="totals">By status</h2>
    <table>
      <caption class="hidden">
        Payout links and their money by status
      </caption>
      <thead>
        <tr>
          <th scope="col">Status</th>
          <th scope="col">Links</th>
          <th scope="col">Rupiah</th>
        </tr>
      </thead>
      <tbody>
        ${shown.map(
          ({ status, count: links, amount }) =>
            html`<tr>
              <th scope="row">${statusLink(status, filter)}</th>
              <td>${count(links)}${bar(links / largest.count, TONES[status])}</td>
              <td class="money">
                ${grouped(amount)}${bar(Number(amount) / Number(largest.amount), TONES[status])}
              </td>
            </tr>`,
        )}
      </tbody>
      <tfoot>
        <tr>
          <th scope="row">
            <a
              href="${addressOf({ q: filter.q, batchId: filter.batchId })}"
              ${filter.status === undefined && html` aria-current="true"`}
              >All</a
            >
          </th>
          <td>${count(all.count)}</td>
          <td class="money">${grouped(all.amount)}</td>
        </tr>
      </tfoot>
    </table>
  </section>`;
}

/** `3 payout links, Rp 30.000 in all; 2 open, Rp 20.000`. */
export function inAll(totals: readonly StatusTotal[]): Html {
  const all = sumOf(totals);
  const open = sumOf(totals.filter(({ status }) => OPEN_STATUSES.includes(status)));
  const sum = (amount: bigint) => html`<span class="money">${rupiah(amount)}</span>`;
  const links = counted(all.count, 'payout link', 'payout links');
  return html`<p class="soft">
    ${links}, ${sum(all.amount)} in all; ${count(open.count)} open, ${sum(open.amount)}
  </p>`;
}

function sumOf(totals: readonly StatusTotal[]): { count: number; amount: bigint } {
  return totals.reduce(
    (sum, total) => ({ count: sum.count + total.count, amount: sum.amount + total.amount }),
    { count: 0, amount: 0n },
  );
}

/** The selected status links back to all. */
function statusLink(status: PayoutLinkStatus, { status: chosen, q, batchId }: LinksFilter): Html {
  return status === chosen
    ? html`<a href="${addressOf({ q, batchId })}" aria-current="true">${statusBadge(status)}</a>`
    : html`<a href="${addressOf({ q, batchId, status })}">${statusBadge(status)}</a>`;
}

/** Hidden from screen readers, which read the number beside it. A small share stays visible. */
function bar(share: number, tone: string): Html {
  const width = Math.max(share * 100, share > 0 ? 0.8 : 0).toFixed(2);
  return html`<svg class="bar ${tone}" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
    <rect class="track" width="100" height="6" />
    <rect width="${width}" height="6" />
  </svg>`;
}
