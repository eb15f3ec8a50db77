import type { DeliveryStatus, PayoutLinkDelivery } from 'nestjs-payout-links';
import { html, type Html } from 'app-runtime';
import { count, counted, timeTag } from '../layout/format.js';
import { page } from '../layout/page.html.js';
import { raw } from '../layout/raw.html.js';
import { table } from '../layout/table.html.js';
import type { DeliveryTotal } from './webhook-health.repository.js';

/** What the page of webhooks tells. */
export interface WebhooksView {
  totals: readonly DeliveryTotal[];
  /** The newest of each, newest first. */
  setAside: readonly PayoutLinkDelivery[];
  unmatched: readonly PayoutLinkDelivery[];
}

const MEANINGS: Readonly<Record<DeliveryStatus, string>> = {
  RECEIVED: 'stored, and waiting to be worked on',
  PROCESSED: 'worked on: the payout link was read at the provider',
  DEAD: 'tried five times in vain',
  UNMATCHED: 'about no payout link of ours, as test deliveries are',
};

/** Whether the provider's webhooks arrive and are worked on, and those that need somebody. */
export function webhooksPage({ totals, setAside, unmatched }: WebhooksView, timezone: string): string {
  return page(
    'Webhooks · Payout links',
    html`<h1>Webhooks</h1>
      <p class="soft">
        Every delivery of the provider is stored before it is answered. What comes of it is read at the
        provider, so a lost one costs time, not money.
      </p>
      ${health(totals, timezone)}
      <section aria-labelledby="states">
        <h2 id="states">By state</h2>
        ${totals.length === 0 ? html`<p class="empty card">No webhook has arrived yet.</p>` : states(totals, timezone)}
      </section>
      ${deliveries('set-aside', 'Set aside', 'Refresh the payout link, or have the provider send the delivery again.', setAside, timezone)}
      ${deliveries('unmatched', 'About no payout link of ours', 'Test deliveries come here, and those of payouts that were made elsewhere with the same account.', unmatched, timezone)}`,
    { at: '/deliveries', timezone },
  );
}

/** The three questions that somebody has when links do not move. */
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
      <dt>Set aside</dt>
      <dd>
        ${stuck === 0 ? 'none' : html`<strong class="bad">${counted(stuck, 'delivery needs', 'deliveries need')} a look</strong>`}
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

/** The list narrowed to the external id that a delivery names: only a search knows whether we have it. */
function search(body: unknown): Html {
  const externalId = externalIdIn(body);
  return externalId === null
    ? html`<span class="soft">not named</span>`
    : html`<a href="/?${new URLSearchParams({ q: externalId }).toString()}">${externalId}</a>`;
}

/** As either shape of the provider's deliveries names it. */
function externalIdIn(body: unknown): string | null {
  const { data, ...top } = (body ?? {}) as Record<string, unknown>;
  const inner = (typeof data === 'object' && data !== null ? data : {}) as Record<string, unknown>;
  const named = [inner.reference_id, inner.external_id, top.reference_id, top.external_id];
  return named.find((name): name is string => typeof name === 'string' && name !== '') ?? null;
}
