import { describe, expect, it } from '@jest/globals';
import { readConfiguration } from 'app-runtime';
import { problemsOf } from './problems-of.js';

describe('the targets of report sets', () => {
  const email = {
    type: 'email',
    name: 'finance',
    smtpUrl: 'smtps://user:hunter2@mail.example.com:465',
    from: 'Payouts <payouts@example.com>',
    to: ['finance@example.com'],
  };
  const webhook = { type: 'webhook', name: 'chat', url: 'https://chat.example.com/hook', secret: 'c2VjcmV0' };
  const problems = (...targets: object[]) => problemsOf({ REPORT_DELIVERY: JSON.stringify(targets) });

  it('are e-mail addresses and webhooks', () => {
    const given = [
      { ...email, attach: ['failures.csv', 'manifest.json'], link: 'http://reports.example.com/reports' },
      { ...email, name: 'local', smtpUrl: 'smtp://127.0.0.1:2525', when: 'problem', accounts: ['default'] },
      { ...webhook, url: 'http://localhost:8080', when: 'findings' },
    ];
    expect(readConfiguration({ REPORT_DELIVERY: JSON.stringify(given) }).reportDelivery).toEqual(given);
  });

  it.each<[what: string, target: object, named: RegExp]>([
    ['without a name', { ...email, name: undefined }, /name must be/],
    ['of an unknown account', { ...email, accounts: ['jakarta'] }, /names jakarta, which is not configured/],
    ['with an empty list of accounts', { ...email, accounts: [] }, /at least one account/],
    ['at an unknown time', { ...email, when: 'never' }, /when must be one of/],
    ['with another protocol', { ...email, smtpUrl: 'http://mail.example.com' }, /smtpUrl must be/],
    [
      'with a user that cannot be decoded',
      { ...email, smtpUrl: 'smtps://50%:p@mail.example.com' },
      /smtpUrl must be/,
    ],
    ['without recipients', { ...email, to: [] }, /to must hold/],
    ['with a recipient that is no address', { ...email, to: ['finance'] }, /to must be a list/],
    ['with the same recipient twice', { ...email, to: ['a@example.com', 'a@example.com'] }, /once/],
    ["with the provider's file", { ...email, attach: ['statement-1.csv'] }, /attach may name/],
    ['with a path', { ...email, attach: ['../failures.csv'] }, /attach may name/],
    ['with one recipient outside a list', { ...email, to: 'a@example.com' }, /to must be a list/],
    ['with one mailbox under two names', { ...email, to: ['a@example.com', 'A <A@example.com>'] }, /once/],
    ['with a path in the server', { ...email, smtpUrl: 'smtp://mail.example.com/x?y' }, /smtpUrl must be/],
    [
      'with a query in the link',
      { ...email, link: 'https://example.com/reports?a=1' },
      /without user or password, \? or #/,
    ],
    ['with an inherited name', { ...email, constructor: 1 }, /constructor is not a known field/],
    ['with an unknown field', { ...email, cc: ['a@example.com'] }, /cc is not a known field/],
    ['without TLS', { ...webhook, url: 'http://chat.example.com' }, /https:\/\//],
    ['with a password in the address', { ...webhook, url: 'https://u:p@chat.example.com' }, /without user/],
    ['with a secret that is no base64', { ...webhook, secret: 'whsec_not base64!' }, /secret must be base64/],
    ['with a secret cut off', { ...webhook, secret: 'c2VjcmV' }, /secret must be base64/],
    ['without a secret', { ...webhook, secret: undefined }, /secret must be base64/],
  ])('are refused %s', (_, target, named) => {
    expect(problems(target)).toEqual([expect.stringMatching(named)]);
  });

  it('have different names, also where they are wrong otherwise', () => {
    const wrong = { ...webhook, secret: '', name: 'finance' };
    expect(problems(wrong, wrong).join()).toContain('more than one target is called finance');
  });

  it('have different names', () => {
    expect(problems(email, { ...webhook, name: 'finance' })).toEqual([
      expect.stringContaining('more than one target is called finance'),
    ]);
  });

  it('are refused without showing a secret', () => {
    const text = problems({ ...email, to: 'x' }, { ...webhook, secret: 'whsec_hunter2!' }).join('\n');
    expect(text).toMatch(/REPORT_DELIVERY\[0\][^]*REPORT_DELIVERY\[1\]/);
    expect(text).not.toContain('hunter2');
  });
});
