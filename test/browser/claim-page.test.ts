import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { startSandbox, type Sandbox } from 'payout-links-sandbox';
import { SandboxCaller, type Link } from '../sandbox/sandbox.caller.js';
import { describeInBrowser } from '../support/chromium.js';
import { BrowserStage } from './browser.stage.js';

const DAY_MS = 86_400_000;

describeInBrowser('the claim page of the sandbox', () => {
  let sandbox: Sandbox;
  let caller: SandboxCaller;
  let browser: BrowserStage;
  beforeAll(async () => {
    [sandbox, browser] = await Promise.all([startSandbox(), BrowserStage.open()]);
    caller = new SandboxCaller(sandbox);
  });
  afterAll(async () => {
    await browser?.close();
    await sandbox?.close();
  });

  beforeEach(() => caller.control('reset', {}));

  const locked = async () => {
    const link = await caller.create();
    for (let times = 0; times < 3; times += 1) await caller.submit(link.id, { passcode: 'x' });
    return link;
  };
  const voided = async () => {
    const link = await caller.create();
    await caller.request('POST', `/payouts/${link.id}/void`);
    return link;
  };
  const claimed = async (accountNumber: string, laterMs: number) => {
    const { id } = await caller.create({ amount: 1_234_567_890 });
    await caller.claim(id, accountNumber);
    await caller.advance(laterMs);
    return caller.read(id);
  };
  const expired = async () => {
    const link = await caller.create();
    await caller.advance(3 * DAY_MS);
    return link;
  };

  it.each<[string, () => Promise<Pick<Link, 'id'>>]>([
    ['PENDING', () => caller.create({ amount: 9_007_199_254 })],
    ['REQUESTED', () => claimed('131313', 0)],
    ['SUCCEEDED', () => claimed('1234567890', 1_000)],
    ['FAILED', () => claimed('121212', 1_000)],
    ['REVERSED', () => claimed('654321', 180_000)],
    ['FAILED-locked', locked],
    ['VOIDED', voided],
    ['EXPIRED', expired],
    ['unknown', async () => ({ id: 'unknown' })],
  ])('can be read and used by all people: %s', async (state, make) => {
    const { id } = await make();
    expect(await browser.faults(`claim-${state}`, (page) => page.goto(`${sandbox.url}/web/${id}`))).toEqual(
      [],
    );
  });

  const submitWrongly = async (page: Page, url: string) => {
    await page.goto(url);
    await page.getByLabel('Passcode').fill('nonsense');
    await page.getByLabel('Account number').fill('12x');
    await page.getByRole('button', { name: 'Claim Rp 23.000' }).press('Enter');
    await page.getByRole('alert').getByRole('link', { name: 'Bank' }).waitFor();
  };

  it('leads a recipient who made a mistake to it, by keyboard and screen reader', async () => {
    const page = await browser.window({ viewport: { width: 360, height: 800 } });
    await submitWrongly(page, (await caller.create()).payout_url);
    expect(await page.title()).toContain('Check again');
    const passcode = page.getByLabel('Passcode');
    expect(await page.locator(':focus').getAttribute('id')).toBe('passcode');
    expect(await passcode.getAttribute('aria-invalid')).toBe('true');
    const [error] = (await passcode.getAttribute('aria-describedby'))!.split(' ');
    expect(await page.locator(`#${error}`).textContent()).toBe('Wrong passcode. 2 tries left.');
    expect(await page.getByLabel('Account number').inputValue()).toBe('12x');
    await page.context().close();
  });

  it('can be read and used by all people when it is shown again', async () => {
    const { payout_url: url } = await caller.create();
    expect(await browser.faults('claim-refused', (page) => submitWrongly(page, url))).toEqual([]);
  });
});
