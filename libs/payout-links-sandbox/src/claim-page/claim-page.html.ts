import { MERCHANT_NAME } from '../payouts/payout.response.js';
import type { Payout } from '../payouts/payout.js';
import { rupiah } from '../payouts/rupiah.js';
import { BANKS } from './banks.js';
import type { ClaimForm, ClaimFormErrors } from './claim-form.js';
import { CLAIM_PAGE_STYLE } from './claim-page.style.js';

/** A form that is shown again with its errors. */
export interface Refused {
  form: ClaimForm;
  errors: ClaimFormErrors;
}

/** The page for a link in its current state. */
export function claimPage(payout: Payout, refused?: Refused): string {
  const amount = rupiah(payout.amount);
  const title = payout.status === 'PENDING' ? `Claim ${amount}` : `${stateWords(payout).title}: ${amount}`;
  return page({
    title: refused ? `Check again: ${title}` : title,
    content: `
      <p class="from">${escape(from(payout))}</p>
      <h1 class="amount">${escape(rupiah(payout.amount))}</h1>
      ${payout.status === 'PENDING' ? form(payout, refused) : state(payout) + details(payout)}`,
  });
}

function from({ status }: Payout): string {
  const isSent = status === 'PENDING' || status === 'REQUESTED' || status === 'SUCCEEDED';
  return isSent ? `${MERCHANT_NAME} has sent you` : `Payout from ${MERCHANT_NAME}`;
}

/** The page for an address without a link. */
export function notFoundPage(): string {
  return page({
    title: 'Link not found',
    content: `<h1>Link not found</h1>
      <p>There is no payout under this address. Check that you have copied the whole link from the e-mail.</p>`,
  });
}

function form(payout: Payout, { form: values, errors }: Partial<Refused> = {}): string {
  const options = Object.entries(BANKS).map(
    ([code, name]) =>
      `<option value="${escape(code)}"${code === values?.bank_code ? ' selected' : ''}>${escape(name)}</option>`,
  );
  const input = (name: 'account_number' | 'account_holder_name', attributes: string) =>
    field(
      name,
      errors,
      (described) =>
        `<input id="${name}" name="${name}" value="${escape(values?.[name] ?? '')}" required ${attributes}${described}>`,
    );
  return `
      ${errors ? errorSummary(errors) : ''}
      <p class="hint">Choose where the money should go before ${escape(date(payout.expiresAt))}.</p>
      <form method="post" action="/web/${escape(payout.id)}" novalidate>
        ${field(
          'passcode',
          errors,
          (described) =>
            `<input id="passcode" name="passcode" inputmode="numeric" autocomplete="one-time-code" maxlength="20" required${described}>`,
          'The six digits in the e-mail that brought you here.',
        )}
        ${field(
          'bank_code',
          errors,
          (described) =>
            `<select id="bank_code" name="bank_code" required${described}><option value="">Choose your bank</option>${options.join('')}</select>`,
        )}
        ${input('account_number', 'inputmode="numeric" autocomplete="off" maxlength="50"')}
        ${input('account_holder_name', 'autocomplete="name" maxlength="100"')}
        <button type="submit">Claim ${escape(rupiah(payout.amount))}</button>
      </form>`;
}

/** Announced by screen readers when the page opens, with a link to each field. */
function errorSummary(errors: ClaimFormErrors): string {
  const links = fieldsOf(errors).map((name) => `<a href="#${name}">${LABELS[name]}</a>`);
  return `<p class="message" role="alert">Nothing was claimed. Please check ${links.join(', ')}.</p>`;
}

const LABELS: Readonly<Record<keyof ClaimForm, string>> = {
  passcode: 'Passcode',
  bank_code: 'Bank',
  account_number: 'Account number',
  account_holder_name: 'Account holder name',
};

/** The invalid fields, in the order of the form. */
function fieldsOf(errors: ClaimFormErrors): (keyof ClaimForm)[] {
  return (Object.keys(LABELS) as (keyof ClaimForm)[]).filter((name) => errors[name] !== undefined);
}

function field(
  name: keyof ClaimForm,
  errors: ClaimFormErrors | undefined,
  control: (attributes: string) => string,
  hint?: string,
): string {
  const error = errors?.[name];
  const isFirst = errors !== undefined && fieldsOf(errors)[0] === name;
  const describedBy = [error && `${name}-error`, hint && `${name}-hint`].filter(Boolean).join(' ');
  const attributes =
    (error ? ' aria-invalid="true"' : '') +
    (isFirst ? ' autofocus' : '') +
    (describedBy ? ` aria-describedby="${describedBy}"` : '');
  return `<div class="field">
          <label for="${name}">${LABELS[name]}</label>
          ${control(attributes)}
          ${hint ? `<p class="hint" id="${name}-hint">${escape(hint)}</p>` : ''}
          ${error ? `<p class="error" id="${name}-error">${escape(error)}</p>` : ''}
        </div>`;
}

function state(payout: Payout): string {
  const { tone, title, text } = stateWords(payout);
  const reload =
    payout.status === 'REQUESTED' ? `<p><a href="/web/${escape(payout.id)}">Refresh</a></p>` : '';
  return `<section class="state ${tone}" role="status"><h2>${escape(title)}</h2><p>${escape(text)}</p>${reload}</section>`;
}

function stateWords(payout: Payout): { tone: '' | 'good' | 'bad'; title: string; text: string } {
  switch (payout.status) {
    case 'PENDING':
    case 'REQUESTED':
      return {
        tone: '',
        title: 'On its way',
        text: 'Your claim was received and the transfer is being made.',
      };
    case 'SUCCEEDED':
      return { tone: 'good', title: 'Paid', text: 'The money has been sent to your account.' };
    case 'FAILED':
      return payout.failureReason === 'RECIPIENT_LOCKED_OUT'
        ? {
            tone: 'bad',
            title: 'Locked',
            text: 'A wrong passcode was entered three times. Ask the sender for a new link.',
          }
        : {
            tone: 'bad',
            title: 'Transfer failed',
            text: `The transfer did not succeed. Ask the sender for a new link; the reason is ${payout.failureReason}`,
          };
    case 'EXPIRED':
      return {
        tone: 'bad',
        title: 'Expired',
        text: 'This link was not claimed in time. Ask the sender for a new one.',
      };
    case 'VOIDED':
      return { tone: 'bad', title: 'Cancelled', text: 'The sender has taken this payout back.' };
    case 'REVERSED':
      return { tone: 'bad', title: 'Sent back', text: 'The bank has sent the money back to the sender.' };
  }
}

function details({ destination }: Payout): string {
  if (!destination) return '';
  return `<dl>
        <dt>Bank</dt><dd>${escape(BANKS[destination.bankCode] ?? destination.bankCode)}</dd>
        <dt>Account</dt><dd>${escape(destination.accountNumber.replace(/\d(?=\d{4})/g, '•'))}</dd>
        <dt>Holder</dt><dd>${escape(destination.accountHolderName)}</dd>
      </dl>`;
}

function page({ title, content }: { title: string; content: string }): string {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>${escape(title)} · Payout sandbox</title>
    <link rel="icon" href="data:,">
    <style>${CLAIM_PAGE_STYLE}</style>
  </head>
  <body>
    <main>
      <div class="card">${content}
      </div>
    </main>
    <footer>Payout Links sandbox: no real money moves here.</footer>
  </body>
</html>
`;
}

function date(at: number): string {
  return new Intl.DateTimeFormat('en-GB', {
    dateStyle: 'long',
    timeStyle: 'short',
    timeZone: 'Asia/Jakarta',
  })
    .format(at)
    .concat(' WIB');
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}
