import type { PayoutLinkOutboxTask } from 'nestjs-payout-links';
import { html, type Html } from 'app-runtime';
import { TOKEN_FIELD } from '../forms/page-form.js';
import { count, counted, timeTag } from '../layout/format.js';
import { page, notice } from '../layout/page.html.js';
import { table } from '../layout/table.html.js';
import type { HandlerBacklog } from './dead-letters.repository.js';

/** What the page of dead letters tells. */
export interface DeadLettersView {
  handlers: readonly HandlerBacklog[];
  /** The oldest of them. */
  letters: readonly PayoutLinkOutboxTask[];
  externalIds: ReadonlyMap<string, string>;
  /** Calls have just been put back to work. */
  redriven: boolean;
}

/** Calls of `@OnPayoutLink` handlers that were given up, and buttons that put them back to work. */
export function deadLettersPage(
  { handlers, letters, externalIds, redriven }: DeadLettersView,
  { timezone, token }: { timezone: string; token: string },
): string {
  const dead = handlers.reduce((sum, handler) => sum + handler.dead, 0);
  return page(
    'Dead letters · Payout links',
    html`<h1>Dead letters</h1>
      <p class="soft">
        Calls of the host’s handlers that failed eight times and were given up. Mend the handler, then put
        them back to work.
      </p>
      ${redriven && notice('Put back to work. A call that fails another eight times comes back to this page.')}
      <section aria-labelledby="handlers">
        <h2 id="handlers">By handler</h2>
        ${handlers.length === 0 ? html`<p class="empty card">This database knows no handlers.</p>` : backlogs(handlers, token)}
        ${handlers.filter((handler) => handler.dead > 0).length > 1 && redrive(token, null, `Redrive all ${count(dead)}`)}
      </section>
      <section aria-labelledby="letters">
        <h2 id="letters">
          ${dead > letters.length ? `The oldest ${letters.length} of ${count(dead)}` : 'Given up'}
        </h2>
        ${
          letters.length === 0
            ? html`<p class="empty card">No call was given up.</p>`
            : html`<div class="card">${list(letters, externalIds, timezone)}</div>`
        }
      </section>`,
    { at: '/dead-letters', timezone },
  );
}

function backlogs(handlers: readonly HandlerBacklog[], token: string): Html {
  return html`<div class="card">
    ${table<HandlerBacklog>({
      caption: 'Handlers and their calls',
      rows: handlers,
      columns: [
        { name: 'Handler', cell: ({ handler }) => handler },
        { name: 'Given up', className: 'number', cell: ({ dead }) => count(dead) },
        { name: 'Waiting', className: 'number', cell: ({ waiting }) => count(waiting) },
        {
          name: 'Put back to work',
          cell: ({ handler, dead }) =>
            dead === 0
              ? html`<span class="soft">nothing to redrive</span>`
              : redrive(token, handler, `Redrive ${counted(dead, 'call', 'calls')}`),
        },
      ],
    })}
  </div>`;
}

function redrive(token: string, handler: string | null, words: string): Html {
  return html`<form class="action" method="post" action="/dead-letters/redrive">
    <input type="hidden" name="${TOKEN_FIELD}" value="${token}" />
    ${handler !== null && html`<input type="hidden" name="handler" value="${handler}" />`}
    <button>${words}${handler !== null && html`<span class="hidden"> of ${handler}</span>`}</button>
  </form>`;
}

function list(
  letters: readonly PayoutLinkOutboxTask[],
  externalIds: ReadonlyMap<string, string>,
  timezone: string,
): Html {
  return table<PayoutLinkOutboxTask>({
    caption: 'Calls that were given up, oldest first',
    rows: letters,
    columns: [
      {
        name: 'Payout link',
        cell: ({ payoutLinkId }) =>
          html`<a href="/links/${payoutLinkId}">${externalIds.get(payoutLinkId) ?? payoutLinkId}</a>`,
      },
      { name: 'Handler', cell: ({ handler }) => handler },
      { name: 'Change', className: 'number', cell: ({ seq }) => `no. ${seq}` },
      { name: 'Last error', cell: ({ lastError }) => lastError },
      { name: 'Since', className: 'time', cell: ({ createdAt }) => timeTag(createdAt, timezone) },
    ],
  });
}
