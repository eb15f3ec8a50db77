import type { PayoutLinkOutboxTask } from 'nestjs-payout-links';
import { html, type Html } from 'app-runtime';
import { TOKEN_FIELD } from '../forms/page-form.js';
import { count, counted, timeTag } from '../layout/format.js';
import { page, notice } from '../layout/page.html.js';
import { table } from '../layout/table.html.js';
import type { HandlerBacklog } from './dead-letters.repository.js';

/** The data of the page. */
export interface DeadLettersView {
  handlers: readonly HandlerBacklog[];
  /** The oldest dead letters. */
  letters: readonly PayoutLinkOutboxTask[];
  externalIds: ReadonlyMap<string, string>;
  /** Whether a redrive has just queued calls again. */
  redriven: boolean;
}

/** Dead letters of `@OnPayoutLink` handlers, with buttons to redrive them. */
export function deadLettersPage(
  { handlers, letters, externalIds, redriven }: DeadLettersView,
  { timezone, token }: { timezone: string; token: string },
): string {
  const dead = handlers.reduce((sum, handler) => sum + handler.dead, 0);
  return page(
    'Dead letters · Payout links',
    html`<h1>Dead letters</h1>
      <p class="soft">
        Calls of the host’s handlers that failed eight times. Fix the handler, then redrive them.
      </p>
      ${redriven && notice('Queued again. A call that fails another eight times returns to this page.')}
      <section aria-labelledby="handlers">
        <h2 id="handlers">By handler</h2>
        ${handlers.length === 0 ? html`<p class="empty card">No handlers are registered in this database.</p>` : backlogs(handlers, token)}
        ${handlers.filter((handler) => handler.dead > 0).length > 1 && redrive(token, null, `Redrive all ${count(dead)}`)}
      </section>
      <section aria-labelledby="letters">
        <h2 id="letters">
          ${dead > letters.length ? `The oldest ${letters.length} of ${count(dead)}` : 'Calls'}
        </h2>
        ${
          letters.length === 0
            ? html`<p class="empty card">There are no dead letters.</p>`
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
        { name: 'Dead letters', className: 'number', cell: ({ dead }) => count(dead) },
        { name: 'Waiting', className: 'number', cell: ({ waiting }) => count(waiting) },
        {
          name: 'Redrive',
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
    caption: 'Dead letters, oldest first',
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
