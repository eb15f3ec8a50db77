import type { PayoutLinkStatus } from 'nestjs-payout-links';
import { html, Html } from 'app-runtime';
import { PAGE_STYLE } from '../style/page.style.js';

/** Byte for byte what the policy's hash was made of. */
const STYLE = new Html(`<style>${PAGE_STYLE}</style>`);

/** A whole page. */
export function page(title: string, content: Html): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        <link rel="icon" href="data:," />
        ${STYLE}
      </head>
      <body>
        <header>
          <div>
            <strong><a href="/">Payout links</a></strong
            ><a href="/docs">API</a>
          </div>
        </header>
        <main>${content}</main>
      </body>
    </html> `.markup;
}

const TONES: Record<PayoutLinkStatus, string> = {
  CREATING: 'open',
  UNCONFIRMED: 'odd',
  REJECTED: 'bad',
  PENDING: 'open',
  REQUESTED: 'open',
  SUCCEEDED: 'good',
  FAILED: 'bad',
  EXPIRED: 'bad',
  VOIDED: 'gone',
  REVERSED: 'bad',
  UNKNOWN: 'odd',
};

export function statusBadge(status: PayoutLinkStatus): Html {
  return html`<span class="status ${TONES[status]}">${status}</span>`;
}
