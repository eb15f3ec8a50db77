import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { DemoStage, type Link } from '../demo/demo.stage.js';
import { describeInBrowser } from '../support/chromium.js';
import { until } from '../support/until.js';
import { BrowserStage } from './browser.stage.js';

const KEY = 'a-key-of-the-demo';

describeInBrowser('with a browser that runs no script', () => {
  let stage: DemoStage;
  let browser: BrowserStage;
  let operator: Page;
  beforeAll(async () => {
    [stage, browser] = await Promise.all([DemoStage.open({ DEMO_API_KEY: KEY }), BrowserStage.open()]);
  });
  beforeEach(async () => {
    operator = await browser.window({ httpCredentials: { username: 'ops', password: KEY } });
  });
  afterEach(() => operator?.context().close());
  afterAll(async () => {
    await browser?.close();
    await stage?.close();
  });

  /** The recipient, in a separate window, with the passcode from the e-mail. */
  const claim = async (payoutUrl: string, accountNumber: string): Promise<string> => {
    const recipient = await browser.window({ viewport: { width: 360, height: 800 } });
    const mail = (await stage.provider.emails()).find((email) => email.payoutUrl === payoutUrl)!;
    await recipient.goto(payoutUrl);
    await recipient.getByLabel('Passcode').fill(mail.passcode);
    await recipient.getByLabel('Bank').selectOption({ label: 'Bank Mandiri' });
    await recipient.getByLabel('Account number').fill(accountNumber);
    await recipient.getByLabel('Account holder name').fill('Siti Rahma');
    await recipient.getByRole('button', { name: /^Claim/ }).click();
    const problems = await recipient.getByRole('status').getByRole('heading').textContent();
    await recipient.context().close();
    return problems!;
  };

  /** Reloads the page of a link until it has a status, as an operator would. */
  const becomes = (status: string) =>
    until(`the page says ${status}`, async () => {
      await operator.reload();
      return operator.locator('main > .lead').getByText(status, { exact: true }).isVisible();
    });

  it('a payout link is created, claimed on its page, and seen to succeed', async () => {
    const { externalId } = await stage.demo.create({ email: 'siti@example.com' });
    await operator.goto(stage.demo.url);
    await operator.getByLabel('External id or e-mail, or a part of it').fill(externalId);
    await operator.getByRole('button', { name: 'Find' }).click();
    await operator.getByRole('link', { name: externalId }).click();
    await operator.getByRole('heading', { level: 1, name: externalId }).waitFor();
    const payoutUrl = await operator.getByRole('link', { name: /\/web\// }).getAttribute('href');

    expect(await claim(payoutUrl!, '1234567890')).toBe('Paid');
    await becomes('SUCCEEDED');
    const steps = operator.getByRole('region', { name: 'History' }).getByRole('listitem');
    expect(await steps.first().textContent()).toContain('CREATING');
    expect(await steps.last().textContent()).toContain('SUCCEEDED');
    expect(await steps.last().getByText('"account_holder_name": "Siti Rahma"').isVisible()).toBe(false);
    await steps.last().getByText('The provider’s response').click();
    expect(await steps.last().getByText('"account_holder_name": "Siti Rahma"').isVisible()).toBe(true);
    for (const name of ['Refresh', 'Reissue']) {
      expect(await operator.getByRole('button', { name }).count()).toBe(name === 'Refresh' ? 1 : 0);
    }
  });

  it('a claim fails, the page says what to do, and the money is sent again', async () => {
    const link = await stage.demo.create();
    await operator.goto(`${stage.demo.url}/links/${link.id}`);
    const payoutUrl = await operator.getByRole('link', { name: /\/web\// }).getAttribute('href');
    expect(await claim(payoutUrl!, '999999')).toBe('Transfer failed');
    await becomes('FAILED');
    const advice = operator.getByRole('region', { name: 'What to do: Send it again' });
    expect(await advice.textContent()).toContain('Check that the account is active');
    expect(await advice.textContent()).toContain('RECIPIENT');

    await operator.getByLabel('Reason').fill('Siti has another account now');
    await operator.getByRole('button', { name: 'Reissue' }).click();
    await operator.getByRole('heading', { level: 1, name: `${link.externalId}-r1` }).waitFor();
    expect(await operator.getByRole('status').textContent()).toContain(`replaces ${link.externalId}`);
    expect(await operator.textContent('main')).toContain('Siti has another account now');
    await operator.reload();

    await operator.getByRole('link', { name: link.externalId, exact: true }).click();
    expect(await operator.textContent('main')).toContain('It was replaced already');
    await operator.getByRole('link', { name: `${link.externalId}-r1` }).click();
    const again = await operator.getByRole('link', { name: /\/web\// }).getAttribute('href');
    expect(await claim(again!, '1234567890')).toBe('Paid');
    await becomes('SUCCEEDED');
  });

  it('a payout link is voided with the keyboard alone', async () => {
    const { id } = await stage.demo.create();
    await operator.goto(`${stage.demo.url}/links/${id}`);
    await operator.keyboard.press('Tab');
    expect(await operator.locator(':focus').textContent()).toBe('Skip to the content');
    await operator.keyboard.press('Enter');
    const reach = async (what: RegExp) => {
      for (let times = 0; times < 12; times += 1) {
        await operator.keyboard.press('Tab');
        if (what.test((await operator.locator(':focus').textContent()) ?? '')) return;
      }
      throw new Error(`the keyboard does not reach ${what}`);
    };
    await reach(/^Void this payout link/);
    await operator.keyboard.press('Enter');
    await reach(/^Void it for good$/);
    await operator.keyboard.press('Enter');
    await operator.getByRole('status').getByText('It is void').waitFor();
    expect((await stage.demo.link(id)).status).toBe('VOIDED');
  });

  it('a refusal is announced and focused', async () => {
    const link = await stage.demo.create();
    await operator.goto(`${stage.demo.url}/links/${link.id}`);
    await operator.getByText('Void this payout link').click();
    await stage.provider.claim(link.providerId!, '131313');
    await operator.getByRole('button', { name: 'Void it for good' }).click();
    const alert = operator.getByRole('alert');
    await alert.waitFor();
    expect(await alert.textContent()).toContain(
      'Only a PENDING payout link can be voided; this one is REQUESTED',
    );
    expect(await operator.locator(':focus').getAttribute('role')).toBe('alert');
  });

  it('a page is turned, and back', async () => {
    for (let index = 0; index < 51; index += 1) await stage.demo.create({ externalId: `turned-${index}` });
    await operator.goto(`${stage.demo.url}/?q=turned-&status=PENDING`);
    expect(
      await operator.getByRole('table', { name: 'Payout links, newest first' }).getByRole('row').count(),
    ).toBe(51);
    await operator.getByRole('link', { name: 'Next page' }).click();
    expect(await operator.getByRole('link', { name: 'turned-0' }).count()).toBe(1);
    await operator.getByRole('link', { name: 'First page' }).click();
    expect(await operator.getByRole('link', { name: 'turned-50' }).count()).toBe(1);
    const chosen = operator.getByRole('region', { name: 'By status' }).locator('[aria-current]');
    expect(await chosen.textContent()).toBe('PENDING');
  });

  it('our forms are accepted under any name of the machine, for browsers that only send the origin', async () => {
    const link = await stage.demo.create();
    const { port } = new URL(stage.demo.url);
    await operator.goto(`http://elsewhere.example:${port}/links/${link.id}`);
    await operator.getByRole('button', { name: 'Refresh' }).click();
    await operator.getByRole('status').getByText('The provider last responded').waitFor();
  });

  it('a form on another site voids nothing, although the browser knows key and cookie', async () => {
    const link: Link = await stage.demo.create();
    await operator.goto(`${stage.demo.url}/links/${link.id}`);
    const theirs = createServer((_, response) => {
      response.setHeader('content-type', 'text/html');
      response.end(
        `<form method="post" action="${stage.demo.url}/links/${link.id}/void"><button>Win a prize</button></form>`,
      );
    }).listen(0, '127.0.0.1');
    await once(theirs, 'listening');
    await operator.goto(`http://elsewhere.example:${(theirs.address() as AddressInfo).port}/`);
    await operator.getByRole('button', { name: 'Win a prize' }).click();
    await operator.getByRole('heading', { name: 'Refused: nothing was done' }).waitFor();
    theirs.close();
    theirs.closeAllConnections();
    expect((await stage.demo.link(link.id)).status).toBe('PENDING');
  });
});
