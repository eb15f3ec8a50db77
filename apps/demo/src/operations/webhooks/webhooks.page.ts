import type { DeliveryStatus, PayoutLinkDelivery } from 'nestjs-payout-links';
import { html, type Html } from 'app-runtime';
import { count, counted, timeTag } from '../layout/format.js';
import { page } from '../layout/page.html.js';
import { raw } from '../layout/raw.html.js';
import { table } from '../layout/table.html.js';
import type { DeliveryTotal } from './webhook-health.repository.js';

/** The data of the page. */
export interface WebhooksView {
  totals: readonly DeliveryTotal[];
  /** The newest of each, newest first. */
  dead: readonly PayoutLinkDelivery[];
  unmatched: readonly PayoutLinkDelivery[];
}

const MEANINGS: Readonly<Record<DeliveryStatus, string>> = {
  RECEIVED: 'stored, and waiting to be processed',
  PROCESSED: 'worked on: the payout link was read at the provider',
  DEAD: 'failed five times',
  UNMATCHED: 'about no payout link of ours, such as test deliveries',
};

/** Whether the provider's webhooks arrive and are processed, and which need attention. */
export function webhooksPage({ totals, dead, unmatched }: WebhooksView, timezone: string): string {
  return page(
    'Webhooks · Payout links',
    html`<h1>Webhooks</h1>
      <p class="soft">
        Every delivery of the provider is stored before the response is sent. The status is read from the
        provider, so a lost delivery costs time, not money.
      </p>
      ${health(totals, timezone)}
      <section aria-labelledby="states">
        <h2 id="states">By state</h2>
        ${totals.length === 0 ? html`<p class="empty card">No webhook has arrived yet.</p>` : states(totals, timezone)}
      </section>
      ${deliveries('dead', 'Dead letters', 'Refresh the payout link, or have the provider send the delivery again.', dead, timezone)}
      ${deliveries('unmatched', 'About no payout link of ours', 'Test deliveries, and those of payouts made elsewhere with the same account.', unmatched, timezone)}`,
    { at: '/deliveries', timezone },
  );
}

/** What an operator needs to know when links do not change. */
function health(totals: readonly DeliveryTotal[], timezone: string): Html {
  const of = (status: DeliveryStatus) => totals.find((total) => total.status === status);
  const waiting = of('RECEIVED');
  const last = totals.reduce<Date | null>(
    (latest, { newest }) => (latest && latest > newest ? latest : newest),
    null,
  );
  const stuck = of('DEAD')?.count ?? 0;
  return html`<dl class="facts card">
    <div>
      <dt>Last received</dt>
      <dd>${last ? timeTag(last, timezone) : 'never'}</dd>
    </div>
    <div>
      <dt>Waiting</dt>
      <dd>
        ${waiting ? html`${count(waiting.count)}, the oldest since ${timeTag(waiting.oldest, timezone)}` : 'none'}
      </dd>
    </div>
    <div>
      <dt>Dead letters</dt>
      <dd>
        ${stuck === 0 ? 'none' : html`<strong class="bad">${counted(stuck, 'delivery needs', 'deliveries need')} attention</strong>`}
      </dd>
    </div>
  </dl>`;
}

function states(totals: readonly DeliveryTotal[], timezone: string): Html {
  const inOrder = (Object.keys(MEANINGS) as DeliveryStatus[]).flatMap((status) =>
    totals.filter((total) => total.status === status),
  );
  return html`<div class="card">
    ${table<DeliveryTotal>({
      caption: 'Deliveries by state',
      rows: inOrder,
      columns: [
        { name: 'State', cell: ({ status }) => status },
        { name: 'Meaning', cell: ({ status }) => MEANINGS[status] },
        { name: 'Deliveries', className: 'number', cell: (total) => count(total.count) },
        { name: 'Oldest', className: 'time', cell: ({ oldest }) => timeTag(oldest, timezone) },
        { name: 'Last', className: 'time', cell: ({ newest }) => timeTag(newest, timezone) },
      ],
    })}
  </div>`;
}

function deliveries(
  id: string,
  title: string,
  what: string,
  rows: readonly PayoutLinkDelivery[],
  timezone: string,
): Html | null {
  if (rows.length === 0) return null;
  return html`<section aria-labelledby="${id}">
    <h2 id="${id}">${title}</h2>
    <p class="soft">${what}</p>
    <div class="card">
      ${table<PayoutLinkDelivery>({
        caption: `${title}: ${counted(rows.length, 'delivery', 'deliveries')}, newest first`,
        rows,
        columns: [
          {
            name: 'Delivery',
            cell: ({ id: number, event, account }) =>
              html`${number} · ${event ?? 'no event'}<small>account ${account}</small>`,
          },
          { name: 'Payout link', cell: ({ body }) => search(body) },
          { name: 'Received', className: 'time', cell: (row) => received(row, timezone) },
          { name: 'Last error', cell: ({ lastError }) => lastError ?? html`<span class="soft">none</span>` },
          { name: 'Body', cell: ({ body }) => raw('What was delivered', body) },
        ],
      })}
    </div>
  </section>`;
}

function received({ lastReceivedAt, receivedCount }: PayoutLinkDelivery, timezone: string): Html {
  return html`${timeTag(lastReceivedAt, timezone)}${receivedCount > 1 && html`<small>${count(receivedCount)} times</small>`}`;
}

/** Links to the list filtered by the delivery's external id: whether it is ours is only known by searching. */
function search(body: unknown): Html {
  const externalId = externalIdIn(body);
  return externalId === null
    ? html`<span class="soft">not named</span>`
    : html`<a href="/?${new URLSearchParams({ q: externalId }).toString()}">${externalId}</a>`;
}

/** The external id in either shape of a delivery. */
function externalIdIn(body: unknown): string | null {
  const { data, ...top } = (body ?? {}) as Record<string, unknown>;
  const inner = (typeof data === 'object' && data !== null ? data : {}) as Record<string, unknown>;
  const named = [inner.reference_id, inner.external_id, top.reference_id, top.external_id];
  return named.find((name): name is string => typeof name === 'string' && name !== '') ?? null;
}
