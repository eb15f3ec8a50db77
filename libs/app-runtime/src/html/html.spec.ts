import { describe, expect, it } from '@jest/globals';
import { html } from './html.js';

describe('markup', () => {
  it('escapes values, in text and in attributes, and leaves markup as it is', () => {
    const inner = html`<b>${'a & b'}</b>`;
    expect(html`<p title="${`"'<>`}">${inner}${[inner]}${3}</p>`.markup).toBe(
      '<p title="&quot;&#39;&lt;&gt;"><b>a &amp; b</b><b>a &amp; b</b>3</p>',
    );
  });

  it('leaves nothing for null, undefined and false', () => {
    expect(html`${null}${undefined}${false}`.markup).toBe('');
  });
});
