import { html, type Html } from 'app-runtime';

/** External data, collapsed by default: unchanged except for the values that open a claim. */
export function raw(title: string, value: unknown): Html | null {
  if (value === null || value === undefined) return null;
  return html`<details>
    <summary>${title}</summary>
    <pre tabindex="0">${JSON.stringify(value, withoutPasscodes, 2)}</pre>
  </details>`;
}

function withoutPasscodes(name: string, value: unknown): unknown {
  return /passcode|password/i.test(name) ? '(not shown)' : value;
}
