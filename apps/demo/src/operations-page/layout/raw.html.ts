import { html, type Html } from 'app-runtime';

/** What came from outside, as it came, folded until somebody wants to see it. */
export function raw(title: string, value: unknown): Html | null {
  if (value === null || value === undefined) return null;
  return html`<details>
    <summary>${title}</summary>
    <pre tabindex="0">${JSON.stringify(value, null, 2)}</pre>
  </details>`;
}
