import {
  adviseOnFailure,
  type AdviceLanguage,
  type FailureOwner,
  type PayoutBalance,
  type PayoutLink,
  type PayoutLinkReissuePlan,
  type RetryAdvice,
} from 'nestjs-payout-links';
import { html, type Html } from 'app-runtime';
import { adviceOn } from '../../payout-links/payout-link.view.js';
import { sentence } from '../layout/error.page.js';
import { rupiah, timeTag, withLocalTimes } from '../layout/format.js';
import { alarm, page, statusBadge, notice } from '../layout/page.html.js';
import { addressOf } from '../links/links.filter.js';
import { linkForms } from './link.forms.html.js';
import { timeline } from './link.history.html.js';
import type { LinkDone, LinkView } from './link.view.js';

/** How a page is shown, and what its forms need. */
export interface LinkPageSettings {
  language: AdviceLanguage;
  timezone: string;
  /** The token of the page's forms. */
  token: string;
}

/** One link: its data, the advice, what an operator can do, and its history. */
export function linkPage(
  view: LinkView,
  { language, timezone, token }: LinkPageSettings,
  done: LinkDone | null,
): string {
  const { link, history } = view;
  return page(
    `${done?.error ? 'Not done: ' : ''}${link.externalId} · Payout links`,
    html`<p class="soft">Payout link</p>
      <h1>${link.externalId}</h1>
      <p class="lead">
        ${statusBadge(link.status)}${link.failureCode !== null && html` <span class="soft">${link.failureCode}</span>`}
        <span class="money">${rupiah(link.amount)}</span> <span>to ${link.email}</span>
      </p>
      ${done && outcome(done, view, timezone)} ${advice(view, language, timezone)}
      ${linkForms(view, { timezone, token }, done)} ${timeline(history, timezone)} ${facts(view, timezone)}`,
    { at: '/', timezone },
  );
}

/** The result named in the URL, shown only if the link's state confirms it: a forged URL must not claim success. */
function outcome(
  { action, error }: LinkDone,
  { link, predecessor, plan }: LinkView,
  timezone: string,
): Html | null {
  if (error) return alarm(`Not done. ${withLocalTimes(sentence(error.message), timezone)}`);
  const unsettled = link.status === 'UNCONFIRMED' || link.status === 'CREATING';
  switch (action) {
    case 'void':
      return link.status === 'VOIDED' ? notice('It is void: the recipient can no longer claim it.') : null;
    case 'refresh':
      return link.lastReadAt && lastRead(link, link.lastReadAt, timezone);
    case 'reissue':
      if (!predecessor) return null;
      return notice(
        unsettled
          ? `This payout link replaces ${predecessor.externalId}, but it is unknown whether the provider has made it.`
          : `This payout link replaces ${predecessor.externalId}.`,
      );
    case 'abandon':
      return link.failureCode === 'ABANDONED' ? notice('Abandoned: it counts as never created.') : null;
    case 'cancel-plan':
      return plan ? null : notice('It is not sent again automatically: the failure is left to people.');
    case 'adopt':
      return unsettled || link.status === 'REJECTED' ? null : notice(`It is settled: ${link.status}.`);
  }
}

function lastRead({ status }: PayoutLink, at: Date, timezone: string): Html {
  return html`<p class="message notice card" role="status">
    The provider last responded at ${timeTag(at, timezone)}: it is ${status}.
  </p>`;
}

const RETRIES: Readonly<Record<RetryAdvice, string>> = {
  RETRY: 'Send it again',
  RETRY_LATER: 'Send it again later',
  DO_NOT_RETRY: 'Do not send it again',
  REVIEW: 'Review before you act',
};

const OWNERS: Readonly<Record<FailureOwner, string>> = {
  TREASURY: 'Treasury',
  RECIPIENT: 'The recipient',
  DEVELOPER: 'Developers',
  NOBODY: 'No one: it resolves itself',
};

function advice(
  { link, successor, plan, balance }: LinkView,
  language: AdviceLanguage,
  timezone: string,
): Html | null {
  if (successor) return replaced(successor);
  const found = adviceOn(link, language, plan?.dueAt);
  if (!found) return null;
  const failure = { code: link.failureCode, atCreate: link.status === 'REJECTED' };
  const { meaning } = adviseOnFailure(failure, { language });
  const wait =
    found.notBefore !== null &&
    html`<div>
      <dt>Not before</dt>
      <dd>${timeTag(new Date(found.notBefore), timezone)}</dd>
    </div>`;
  return html`<section class="advice card" aria-labelledby="advice">
    <h2 id="advice">
      What to do: ${plan ? 'nothing, it is sent again automatically' : RETRIES[found.retry]}
    </h2>
    <p lang="${language}">${meaning} ${found.text}</p>
    <dl>
      <div>
        <dt>Advice</dt>
        <dd>${found.retry}</dd>
      </div>
      <div>
        <dt>Who acts</dt>
        <dd>${OWNERS[found.owner]} (${found.owner})</dd>
      </div>
      ${wait} ${plan && planned(plan, balance, timezone)}
    </dl>
  </section>`;
}

/** When it is sent again, and whether the balance is enough for it. */
function planned(
  { dueAt, attempt, maxAttempts, reason }: PayoutLinkReissuePlan,
  balance: PayoutBalance | null,
  timezone: string,
): Html {
  return html`<div>
      <dt>Sent again automatically</dt>
      <dd>
        after ${timeTag(dueAt, timezone)} (attempt ${attempt} of
        ${maxAttempts})${reason !== null && html`<br />${withLocalTimes(`It waits: ${reason}`, timezone)}`}
      </dd>
    </div>
    <div>
      <dt>Balance of the account</dt>
      <dd>
        ${balance === null ? 'unknown' : html`<span class="money">${rupiah(balance.available)}</span> at ${timeTag(balance.at, timezone)}`}
      </dd>
    </div>`;
}

/** A replaced link needs no action; its successor may. */
function replaced(successor: PayoutLink): Html {
  return html`<section class="advice card" aria-labelledby="advice">
    <h2 id="advice">What to do: nothing, it was replaced</h2>
    <p>The money was sent again by ${linkTo(successor)}: review that one.</p>
  </section>`;
}

type Fact = [name: string, value: Html | string | null];

function facts({ link, predecessor }: LinkView, timezone: string): Html {
  const at = (time: Date | null) => time && timeTag(time, timezone);
  const known: Fact[] = [
    ['Claim page', link.payoutUrl && anchor(link.payoutUrl)],
    ...(predecessor === null ? [] : replacement(predecessor, link.reissueReason)),
    ...(link.batchId === null ? [] : [['Batch', batch(link.batchId)] satisfies Fact]),
    ['Account', link.account],
    ['Id', link.id],
    ['Provider’s id', link.providerId],
    ['Provider’s status', link.providerStatus],
    ['Created', at(link.createdAt)],
    ['Expires', at(link.expiresAt)],
    ['Changed', at(link.updatedAt)],
    ['Last read', at(link.lastReadAt)],
  ];
  return html`<section aria-labelledby="facts">
    <h2 id="facts">Facts</h2>
    <dl class="facts card">
      ${known.map(
        ([name, value]) =>
          html`<div>
            <dt>${name}</dt>
            <dd>${value ?? html`<span class="soft">not known</span>`}</dd>
          </div>`,
      )}
    </dl>
  </section>`;
}

function replacement(predecessor: PayoutLink, reason: string | null): Fact[] {
  return [
    ['In place of', linkTo(predecessor)],
    ['Because', reason],
  ];
}

function linkTo({ id, externalId, status }: PayoutLink): Html {
  return html`<a href="/links/${id}">${externalId}</a> ${statusBadge(status)}`;
}

/** All links of the same file. */
function batch(batchId: string): Html {
  return html`<a href="${addressOf({ batchId })}">${batchId}</a>`;
}

/** Only http(s) URLs become links, because the provider supplies the value. */
function anchor(address: string): Html | string {
  const isWeb = URL.canParse(address) && /^https?:$/.test(new URL(address).protocol);
  return isWeb ? html`<a href="${address}" rel="noreferrer noopener">${address}</a>` : address;
}
