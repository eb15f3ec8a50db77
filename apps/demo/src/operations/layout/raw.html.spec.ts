import { expect, it } from '@jest/globals';
import { raw } from './raw.html.js';

it('shows what came as it came, as text, without any passcode in it', () => {
  const { markup } = raw('Response', {
    id: '<b>',
    claim: [{ passcode: '123456', Claim_Passcode: { of: '654321' } }],
  })!;
  expect(markup).toContain('&quot;id&quot;: &quot;&lt;b&gt;&quot;');
  expect(markup).toContain('&quot;passcode&quot;: &quot;(not shown)&quot;');
  expect(markup).not.toMatch(/123456|654321/);
});

it('shows nothing where nothing came', () => {
  expect([raw('Response', null), raw('Response', undefined)]).toEqual([null, null]);
});
