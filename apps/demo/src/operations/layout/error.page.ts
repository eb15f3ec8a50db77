import { html } from 'app-runtime';
import { page } from './page.html.js';

const TITLES: Readonly<Record<number, string>> = {
  400: 'That cannot be shown',
  401: 'The key is missing or wrong',
  403: 'Refused: nothing was done',
  404: 'Not found',
  413: 'Too much was sent',
  500: 'Something went wrong here',
  503: 'Not available just now',
};

const WAYS_ON: Readonly<Record<number, string>> = {
  401: 'Load the page again and give DEMO_API_KEY as the password; the name does not matter.',
  403: 'Open the page here, and use the form on it.',
  503: 'Wait a moment, then load the page again.',
};

/** An error as a page. */
export function errorPage({ status, message }: { status: number; message: string }): string {
  const title = TITLES[status] ?? 'Something went wrong';
  return page(
    `${title} · Payout links`,
    html`<h1>${title}</h1>
      <p>${sentence(message)}</p>
      <p>${WAYS_ON[status]}</p>
      <p><a href="/">All payout links</a></p>`,
  );
}

/** A message as a sentence. */
export function sentence(message: string): string {
  const first = message.charAt(0).toUpperCase() + message.slice(1);
  return /[.!?]$/.test(first) ? first : `${first}.`;
}
