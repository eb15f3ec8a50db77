import type { PayoutLinkStatus } from 'nestjs-payout-links';
import { html, Html } from 'app-runtime';
import { PAGE_STYLE } from '../../style/page.style.js';

/** Must equal, byte for byte, the text of the policy's hash. */
const STYLE = new Html(`<style>${PAGE_STYLE}</style>`);

const PLACES = [
  ['/', 'Payouts'],
  ['/deliveries', 'Webhooks'],
  ['/dead-letters', 'Dead letters'],
  ['/reports', 'Reports'],
  ['/docs', 'API'],
] as const;

/** One of the entries of the navigation. */
export type Place = (typeof PLACES)[number][0];

/**
 * A whole page; `at` is its entry in the navigation, `timezone` that of its times. Without `icon`, the browser asks for
 * none either: a page whose policy allows no image.
 */
export function page(
  title: string,
  content: Html,
  { at, timezone, icon = true }: { at?: Place; timezone?: string; icon?: boolean } = {},
): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        ${icon && html`<link rel="icon" href="data:," />`} ${STYLE}
      </head>
      <body>
        <a class="skip" href="#content">Skip to the content</a>
        <header>
          <div>
            <strong>Payout links</strong>
            <nav aria-label="Pages of the demo">
              ${PLACES.map(([address, name]) => html`<a href="${address}" ${address === at && html` aria-current="page"`}>${name}</a>`)}
            </nav>
          </div>
        </header>
        <main id="content" tabindex="-1">
          ${content}
          ${timezone !== undefined && html`<p class="soft times">Times are those of ${timezone}.</p>`}
        </main>
      </body>
    </html> `.markup;
}

/** The colour class of each status. */
export const TONES: Readonly<Record<PayoutLinkStatus, string>> = {
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

/** A status with a coloured mark. */
export function statusBadge(status: PayoutLinkStatus): Html {
  return html`<span class="status ${TONES[status]}">${status}</span>`;
}

/** A success message, announced by screen readers when the page opens. */
export function notice(text: string): Html {
  return html`<p class="message notice card" role="status">${text}</p>`;
}

/** An error message, announced by screen readers and focused. */
export function alarm(text: string): Html {
  return html`<p class="message alarm card" role="alert" tabindex="-1" autofocus>${text}</p>`;
}

/** The header of an HTML response. */
export const HTML = ['Content-Type', 'text/html; charset=utf-8'] as const;
