import type { AdviceLanguage, PayoutLink, PayoutLinkTransition } from 'nestjs-payout-links';
import { adviceOn } from '../payout-links/payout-link.view.js';
import { localTime, rupiah } from './format.js';
import { html, type Html } from 'app-runtime';
import { page, statusBadge } from './page.html.js';

/** One link: what is known of it, what to do, and how it got there. */
export function linkPage(
  link: PayoutLink,
  history: readonly PayoutLinkTransition[],
  { language, timezone }: { language: AdviceLanguage; timezone: string },
): string {
  return page(
    `${link.externalId} · Payout links`,
    html`<p class="soft">Payout link</p>
      <h1>${link.externalId}</h1>
      <p>
        ${statusBadge(link.status)}${link.failureCode !== null && html` <span class="soft">${link.failureCode}</span>`}
      </p>
      ${advice(link, language, timezone)} ${facts(link, timezone)}
      <h2>History</h2>
      <ol class="history card">
        ${history.map((transition) => change(transition, timezone))}
      </ol>`,
  );
}

function advice(link: PayoutLink, language: AdviceLanguage, timezone: string): Html | null {
  const found = adviceOn(link, language);
  if (!found) return null;
  const wait =
    found.notBefore !== null &&
    html`<p class="soft">Not before ${localTime(new Date(found.notBefore), timezone)} (${timezone})</p>`;
  return html`<section class="advice card" lang="${language}">
    <strong>${found.retry}</strong> <span class="soft">· ${found.owner}</span>
    <p>${found.text}</p>
    ${wait}
  </section>`;
}

type Fact = [name: string, value: Html | string | null];

function facts(link: PayoutLink, timezone: string): Html {
  const at = (time: Date | null) => time && `${localTime(time, timezone)} (${timezone})`;
  const known: Fact[] = [
    ['Amount', html`<span class="money">${rupiah(link.amount)}</span>`],
    ['Recipient', link.email],
    ['Account', link.account],
    ['Id', link.id],
    ["Provider's id", link.providerId],
    ["Provider's word", link.providerStatus],
    ['Claim page', link.payoutUrl && anchor(link.payoutUrl)],
    ['Expires', at(link.expiresAt)],
    ['Created', at(link.createdAt)],
    ['Updated', at(link.updatedAt)],
    ['Last read', at(link.lastReadAt)],
    ...(link.reissueOf === null ? [] : replacement(link.reissueOf, link.reissueReason)),
  ];
  return html`<dl class="facts card">
    ${known.map(
      ([name, value]) =>
        html`<dt>${name}</dt>
          <dd>${value ?? html`<span class="soft">not known</span>`}</dd>`,
    )}
  </dl>`;
}

function replacement(id: string, reason: string | null): Fact[] {
  return [
    ['Replaces', html`<a href="/links/${id}">${id}</a>`],
    ['Reason', reason],
  ];
}

/** Only a web address becomes a link: this one comes from outside. */
function anchor(address: string): Html | string {
  const isWeb = URL.canParse(address) && /^https?:$/.test(new URL(address).protocol);
  return isWeb ? html`<a href="${address}" rel="noreferrer noopener">${address}</a>` : address;
}

function change({ from, to, source, recordedAt, raw }: PayoutLinkTransition, timezone: string): Html {
  const answer =
    raw !== null &&
    raw !== undefined &&
    html`<details>
      <summary>What the provider answered</summary>
      <pre>${JSON.stringify(raw, null, 2)}</pre>
    </details>`;
  return html`<li>
    ${from !== null && html`${statusBadge(from)} → `}${statusBadge(to)}
    <p class="soft">${localTime(recordedAt, timezone)} · ${source}</p>
    ${answer}
  </li>`;
}
