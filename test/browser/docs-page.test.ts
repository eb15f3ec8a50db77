import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Stage } from '../demo/demo.stage.js';
import { describeInBrowser } from '../support/chromium.js';
import { BrowserStage } from './browser.stage.js';

describeInBrowser('the OpenAPI page', () => {
  let stage: Stage;
  let browser: BrowserStage;
  beforeAll(async () => {
    [stage, browser] = await Promise.all([Stage.open(), BrowserStage.open()]);
  });
  afterAll(async () => {
    await browser?.close();
    await stage?.close();
  });

  it('shows a route with its examples, within its own policy', async () => {
    const page = await browser.window({ javaScriptEnabled: true, viewport: { width: 360, height: 900 } });
    const told: string[] = [];
    page.on('console', (message) => told.push(message.text()));
    page.on('pageerror', (error) => told.push(error.message));
    await page.goto(`${stage.demo.url}/docs`);
    await page
      .getByRole('button', { name: /post ​?\/payout-links\b.*Create/i })
      .first()
      .click();
    await page.locator('option', { hasText: 'INSUFFICIENT_BALANCE' }).waitFor({ state: 'attached' });
    await page.getByText('refund-2026-0001').first().waitFor();
    await browser.keep(page, 'docs');
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
    expect(told).toEqual([]);
    await page.context().close();
  });
});
