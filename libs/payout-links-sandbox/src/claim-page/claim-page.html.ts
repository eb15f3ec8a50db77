import { MERCHANT_NAME } from '../payouts/payout.answer.js';
import type { Payout } from '../payouts/payout.js';
import { rupiah } from '../payouts/rupiah.js';
import { BANKS } from './banks.js';
import type { ClaimForm, ClaimFormErrors } from './claim-form.js';
import { CLAIM_PAGE_STYLE } from './claim-page.style.js';

/** A form that has to be shown again. */
export interface Refused {
  form: ClaimForm;
  errors: ClaimFormErrors;
}

const RELOADS_FOR_MS = 10_000;

/** The page for a link in its present state; `now` in epoch milliseconds. */
export function claimPage(payout: Payout, now: number, refused?: Refused): string {
  const sinceClaim = now - (payout.claimedAt ?? -Infinity);
  return page({
    title: payout.status === 'PENDING' ? `Claim ${rupiah(payout.amount)}` : rupiah(payout.amount),
    reload: payout.status === 'REQUESTED' && sinceClaim < RELOADS_FOR_MS,
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

/** The page for an address that belongs to no link. */
export function notFoundPage(): string {
  return page({
    title: 'Link not found',
    reload: false,
    content: `<h1>Link not found</h1>
      <p>There is no payout under this address. Check that you have copied the whole link from the e-mail.</p>`,
  });
}

function form(payout: Payout, { form: values, errors }: Partial<Refused> = {}): string {
  const options = Object.entries(BANKS).map(
    ([code, name]) =>
      `<option value="${escape(code)}"${code === values?.bank_code ? ' selected' : ''}>${escape(name)}</option>`,
  );
  const input = (name: 'account_number' | 'account_holder_name', label: string, attributes: string) =>
    field(
      name,
      label,
      errors?.[name],
      (described) =>
        `<input id="${name}" name="${name}" value="${escape(values?.[name] ?? '')}" required ${attributes}${described}>`,
    );
  return `
      <p class="hint">Choose where the money should go before ${escape(date(payout.expiresAt))}.</p>
      <form method="post" action="/web/${escape(payout.id)}" novalidate>
        ${field(
          'passcode',
          'Passcode',
          errors?.passcode,
          (described) =>
            `<input id="passcode" name="passcode" inputmode="numeric" autocomplete="one-time-code" maxlength="20" required${described}>`,
          'The six digits in the e-mail that brought you here.',
        )}
        ${field(
          'bank_code',
          'Bank',
          errors?.bank_code,
          (described) =>
            `<select id="bank_code" name="bank_code" required${described}><option value="">Choose your bank</option>${options.join('')}</select>`,
        )}
        ${input('account_number', 'Account number', 'inputmode="numeric" autocomplete="off" maxlength="50"')}
        ${input('account_holder_name', 'Account holder name', 'autocomplete="name" maxlength="100"')}
        <button type="submit">Claim ${escape(rupiah(payout.amount))}</button>
      </form>`;
}

function field(
  name: keyof ClaimForm,
  label: string,
  error: string | undefined,
  control: (attributes: string) => string,
  hint?: string,
): string {
  const describedBy = [error && `${name}-error`, hint && `${name}-hint`].filter(Boolean).join(' ');
  const attributes =
    (error ? ' aria-invalid="true"' : '') + (describedBy ? ` aria-describedby="${describedBy}"` : '');
  return `<div class="field">
          <label for="${name}">${escape(label)}</label>
          ${control(attributes)}
          ${hint ? `<p class="hint" id="${name}-hint">${escape(hint)}</p>` : ''}
          ${error ? `<p class="error" id="${name}-error">${escape(error)}</p>` : ''}
        </div>`;
}

function state(payout: Payout): string {
  const { tone, title, text } = stateWords(payout);
  const reload =
    payout.status === 'REQUESTED' ? `<p><a href="/web/${escape(payout.id)}">Look again</a></p>` : '';
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
            text: `The transfer did not succeed. Ask the sender for a new link, and tell them the reason: ${payout.failureReason}`,
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

function page({ title, content, reload }: { title: string; content: string; reload: boolean }): string {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    ${reload ? '<meta http-equiv="refresh" content="1">' : ''}
    <title>${escape(title)} · Payout sandbox</title>
    <style>${CLAIM_PAGE_STYLE}</style>
  </head>
  <body>
    <main>
      <div class="card">${content}
      </div>
      <footer>Payout Links sandbox: no real money moves here.</footer>
    </main>
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
