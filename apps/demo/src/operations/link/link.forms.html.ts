import { html, type Html } from 'app-runtime';
import { TOKEN_FIELD } from '../forms/page-form.js';
import { sentence } from '../layout/error.page.js';
import { withLocalTimes } from '../layout/format.js';
import {
  canAbandon,
  canAdopt,
  offerOfRefresh,
  offerOfReissue,
  offerOfVoid,
  type Offer,
} from './link.actions.js';
import type { LinkAction, LinkDone, LinkView } from './link.view.js';

/** The actions of a link's page; an action that is not possible says why. */
export function linkForms(
  view: LinkView,
  { timezone, token }: { timezone: string; token: string },
  done: LinkDone | null,
): Html {
  const { link } = view;
  const form = (action: LinkAction, content: Html) =>
    html`<form class="action" method="post" action="/links/${link.id}/${action}">
      <input type="hidden" name="${TOKEN_FIELD}" value="${token}" />${content}
    </form>`;
  const tried = (action: LinkAction) => (done?.action === action ? done : null);
  return html`<section class="actions card" aria-labelledby="actions">
    <h2 id="actions">What you can do</h2>
    ${cancelPlan(view, form, tried('cancel-plan'))} ${adopt(view, form, tried('adopt'))}
    ${abandon(view, form, tried('abandon'))}
    ${item(
      'Refresh it',
      'Reads the payout link at the provider now, and applies the response.',
      offerOfRefresh(link),
      form('refresh', html`<button>Refresh</button>`),
    )}
    ${reissue(view, timezone, form, tried('reissue'))}
    ${item(
      'Void it',
      'The recipient can no longer claim it. This cannot be undone.',
      offerOfVoid(link),
      html`<details>
        <summary>Void this payout link …</summary>
        ${form('void', html`<button class="danger">Void it for good</button>`)}
      </details>`,
    )}
  </section>`;
}

type FormOf = (action: LinkAction, content: Html) => Html;

function item(title: string, what: string, offer: Offer, form: Html): Html {
  return html`<div class="choice">
    <h3>${title}</h3>
    ${
      offer.can
        ? html`<p class="soft">${what}</p>
            ${form}`
        : html`<p class="soft">${offer.because}</p>`
    }
  </div>`;
}

function reissue(view: LinkView, timezone: string, form: FormOf, tried: LinkDone | null): Html {
  const offer = offerOfReissue(view);
  const insist =
    offer.insist !== undefined &&
    html`<p class="warning">Advised against: ${offer.insist}.</p>
      <label class="check"
        ><input
          type="checkbox"
          name="force"
          value="yes"
          required
          ${tried?.values.force === 'yes' && html` checked`}
        />
        Send it again anyway</label
      >`;
  return item(
    'Send the money again',
    'Makes a new payout link for the same recipient and amount, in place of this one: at most once.',
    offer.can ? offer : { can: false, because: withLocalTimes(sentence(offer.because), timezone) },
    form(
      'reissue',
      html`${insist} ${field('reason', 'Reason', 'Kept with the new payout link.', 500, tried)}
        ${field('email', 'Corrected e-mail address', 'If empty, the new link is sent to the same address.', 254, tried, { optional: true })}
        <button>Reissue</button>`,
    ),
  );
}

function cancelPlan({ plan }: LinkView, form: FormOf, tried: LinkDone | null): Html | null {
  if (plan === null) return null;
  return item(
    'Cancel the automatic reissue',
    'The failure is then left to people: it can still be sent again by hand, or written off.',
    { can: true },
    form(
      'cancel-plan',
      html`${field('reason', 'Reason', 'Kept with the plan.', 500, tried, { id: 'cancel-reason' })}
        <button class="danger">Cancel it</button>`,
    ),
  );
}

function adopt({ link }: LinkView, form: FormOf, tried: LinkDone | null): Html | null {
  if (!canAdopt(link)) return null;
  return item(
    'Settle it',
    'It is unknown whether the provider made this payout. Search for it in the provider’s dashboard; if it is there, enter its id: it is read, and adopted when external id and amount match. Repeating the same call settles it too.',
    { can: true },
    form(
      'adopt',
      html`${field('providerId', 'Id at the provider', 'As the dashboard shows it.', 255, tried)}
        <button>Adopt</button>`,
    ),
  );
}

function abandon({ link }: LinkView, form: FormOf, tried: LinkDone | null): Html | null {
  if (!canAbandon(link)) return null;
  return item(
    'Abandon it',
    'If the provider’s dashboard shows no payout with this external id, this marks the create as never made. Before four days have passed, the provider’s link could still be claimed.',
    { can: true },
    form(
      'abandon',
      html`${field('reason', 'Reason', 'Kept in the history.', 500, tried, { id: 'abandon-reason' })}
        <label class="check"
          ><input
            type="checkbox"
            name="force"
            value="yes"
            ${tried?.values.force === 'yes' && html` checked`}
          />
          Abandon it even before four days have passed</label
        >
        <button class="danger">Abandon</button>`,
    ),
  );
}

function field(
  name: string,
  label: string,
  hint: string,
  maxLength: number,
  tried: LinkDone | null,
  { id = name, optional = false }: { id?: string; optional?: boolean } = {},
): Html {
  const error = tried?.error?.fields[name];
  const described = error === undefined ? `${id}-hint` : `${id}-error ${id}-hint`;
  return html`<div class="field">
    <label for="${id}">${label}</label>
    <input
      id="${id}"
      name="${name}"
      value="${tried?.values[name]}"
      ${!optional && html` required`}
      maxlength="${maxLength}"
      autocomplete="off"
      aria-describedby="${described}"
      ${error !== undefined && html` aria-invalid="true"`}
    />
    <p class="soft" id="${id}-hint">${hint}</p>
    ${error !== undefined && html`<p class="error" id="${id}-error">${error}</p>`}
  </div>`;
}
