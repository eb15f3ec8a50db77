import { html, type Html } from 'app-runtime';
import { count, counted, localTime } from '../operations/layout/format.js';
import { page } from '../operations/layout/page.html.js';
import { table } from '../operations/layout/table.html.js';
import { amountOf, balanceBadge, downloads, neighbourLinks, sealBadge, worth } from './report.html.js';
import type { SetFile } from './set-folder.js';
import type { Line, Neighbours, Slot, SlotDelivery, SlotOutcome } from './slots.repository.js';

/** Unread links that are named. */
const NAMED = 20;

interface SlotView {
  slot: Slot;
  neighbours: Neighbours;
  /** Null where the report set is not in `REPORTS_DIR`. */
  files: readonly SetFile[] | null;
}

/** One slot: what it came to, what changed, where it was sent, and its files. */
export function slotPage({ slot, neighbours, files }: SlotView): string {
  const { account, date, timezone, outcome } = slot;
  return page(
    `${date} ${account} · Reports · Payout links`,
    html`<p class="soft"><a href="/reports">Reports</a></p>
      <h1>${date} ${account}</h1>
      <p class="lead">
        ${outcome && balanceBadge(outcome.balanced)} ${sealBadge(outcome)}
        ${outcome && html`<span class="soft">as of ${localTime(new Date(outcome.asOf), timezone)}</span>`}
      </p>
      ${neighbourLinks(`/reports/${account}`, neighbours, 'Reports of this account before and after')}
      ${outcome ? html`${totals(outcome)} ${coverage(outcome)}` : html`<p>Its figures are shown when the run has finished.</p>`}
      <section aria-labelledby="files">
        <h2 id="files">Files</h2>
        ${downloads(`/reports/${account}/${date}`, files, `The report set is not on this server. reconcile report --date ${date} writes it again.`)}
      </section>
      ${outcome && rollForwards(outcome)} ${deliveries(slot)}`,
    { at: '/reports', timezone, icon: false },
  );
}

function totals(slot: SlotOutcome): Html {
  const facts = [
    ['Failures to settle', worth(slot, 'failures_closing')],
    ['New failures', worth(slot, 'failures_new')],
    ['Open links', worth(slot, 'closing')],
    ['Discrepancies', count(slot.discrepancies)],
    ['Changes of status', count(slot.transitions)],
    ['Balance at the provider', slot.balance === null ? 'unknown' : amountOf('IDR', { amount: slot.balance })],
  ];
  return html`<dl class="facts card">
    ${facts.map(([label, value]) => html`<div><dt>${label}</dt><dd>${value}</dd></div>`)}
  </dl>`;
}

function coverage({ coverage: { open, read, unreachable, unreachableLinks, reasons, unconfirmed } }: SlotOutcome): Html {
  const why = Object.entries(reasons)
    .map(([reason, links]) => `${reason} ${count(links)}`)
    .join(', ');
  const more = unreachable - NAMED;
  return html`<section aria-labelledby="coverage">
    <h2 id="coverage">Read at the provider</h2>
    <p>
      ${count(read)} of ${counted(open, 'open link', 'open links')}.
      ${unconfirmed > 0 && `${counted(unconfirmed, 'link is', 'links are')} not confirmed by the provider.`}
    </p>
    ${
      unreachable > 0 &&
      html`<p class="warning">
          <strong>${counted(unreachable, 'link had', 'links had')} no usable response</strong> (${why}):
        </p>
        <ul>
          ${unreachableLinks.slice(0, NAMED).map((externalId) => html`<li><bdi>${externalId}</bdi></li>`)}
          ${more > 0 && html`<li>and ${count(more)} more, see manifest.json</li>`}
        </ul>`
    }
  </section>`;
}

function rollForwards({ lines }: SlotOutcome): Html {
  const isOfFailures = ([name]: readonly [string, Line | undefined]) => name.startsWith('failures_');
  return html`${Object.entries(lines).map(([currency, byName]) => {
    const all = Object.entries(byName);
    return html`${rollForward(`Open links in ${currency}`, currency, all.filter((entry) => !isOfFailures(entry)))}
    ${rollForward(`Failures to settle in ${currency}`, currency, all.filter(isOfFailures))}`;
  })}`;
}

type NamedLine = readonly [name: string, line: Line | undefined];

function rollForward(title: string, currency: string, lines: readonly NamedLine[]): Html | null {
  if (lines.length === 0) return null;
  return html`<section aria-label="${title}">
    <h2>${title}, from the report before</h2>
    <div class="card">
      ${table<NamedLine>({
        caption: title,
        rows: lines,
        columns: [
          { name: 'Line', cell: ([name]) => name.replace(/^failures_/, '').replaceAll('_', ' ') },
          { name: 'Links', className: 'number', cell: ([, line]) => count(line?.count ?? 0) },
          { name: 'Amount', className: 'money', cell: ([, line]) => amountOf(currency, line ?? { amount: '0' }) },
        ],
      })}
    </div>
  </section>`;
}

const EVENTS: Readonly<Record<SlotDelivery['event'], string>> = {
  SEALED: 'final report',
  OPEN: 'report that stayed open',
  FAILED: 'run that could not be done',
};

function deliveries({ deliveries: sent, timezone }: Slot): Html | null {
  if (sent.length === 0) return null;
  return html`<section aria-labelledby="deliveries">
    <h2 id="deliveries">Delivery</h2>
    <div class="card">
      ${table<SlotDelivery>({
        caption: 'Deliveries of this report, newest first',
        rows: sent,
        columns: [
          { name: 'Target', cell: ({ target }) => target },
          { name: 'What', cell: ({ event }) => EVENTS[event] },
          {
            name: 'State',
            cell: ({ state, error, attempts }) =>
              state === 'DELIVERED'
                ? html`<span class="status good">delivered</span>`
                : html`<span class="status bad">undelivered</span>
                    <small>${error ?? 'not tried yet'} (${counted(attempts, 'attempt', 'attempts')})</small>`,
          },
          {
            name: 'When',
            className: 'time',
            cell: ({ createdAt, deliveredAt }) => localTime(new Date(deliveredAt ?? createdAt), timezone),
          },
        ],
      })}
    </div>
  </section>`;
}
