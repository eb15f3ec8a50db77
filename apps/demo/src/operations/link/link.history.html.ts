import type { ObservationSource, PayoutLinkTransition } from 'nestjs-payout-links';
import { html, type Html } from 'app-runtime';
import { timeTag } from '../layout/format.js';
import { statusBadge, TONES } from '../layout/page.html.js';
import { raw } from '../layout/raw.html.js';

const SOURCES: Readonly<Record<ObservationSource, string>> = {
  API: 'a call of ours',
  WEBHOOK: 'the provider called',
  POLL: 'a poll of the provider',
  RECOVERY: 'recovered after a crash',
  OPERATOR: 'entered by an operator',
};

/** Every change of a link's state as a timeline, oldest first. */
export function timeline(history: readonly PayoutLinkTransition[], timezone: string): Html {
  return html`<section aria-labelledby="history">
    <h2 id="history">History</h2>
    <ol class="timeline card">
      ${history.map((transition) => change(transition, timezone))}
    </ol>
  </section>`;
}

function change(
  { from, to, source, recordedAt, effectiveAt, failureCode, raw: response }: PayoutLinkTransition,
  timezone: string,
): Html {
  const earlier =
    recordedAt.getTime() - effectiveAt.getTime() >= 1_000 &&
    html`, in effect since ${timeTag(effectiveAt, timezone)}`;
  return html`<li class="${TONES[to]}">
    <p class="change">
      ${from !== null && html`${statusBadge(from)} <span aria-hidden="true">→</span><span class="hidden"> to </span> `}${statusBadge(to)}
      ${failureCode !== null && html`<span class="soft">${failureCode}</span>`}
    </p>
    <p class="soft">${timeTag(recordedAt, timezone)}${earlier} · ${source}, ${SOURCES[source]}</p>
    ${raw('The provider’s response', response)}
  </li>`;
}
