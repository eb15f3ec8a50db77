import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { ReportsStage } from '../demo/reports.stage.js';
import { describeInBrowser } from '../support/chromium.js';
import { BrowserStage } from './browser.stage.js';

describeInBrowser('the report pages, on a phone and on a desk, light and dark', () => {
  let stage: ReportsStage;
  let browser: BrowserStage;
  beforeAll(async () => {
    [stage, browser] = await Promise.all([ReportsStage.open(), BrowserStage.open()]);
    await stage.fill();
  });
  afterAll(async () => {
    await browser?.close();
    await stage?.close();
  });

  it.each([
    ['reports', '/reports'],
    ['reports-nothing', '/reports?account=second'],
    ['reports-slot', '/reports/default/2026-11-26/'],
    ['reports-slot-open', '/reports/default/2026-11-27/'],
    ['reports-statement', '/reports/default/statements/2026-11-16_2026-11-30/'],
    ['reports-error', '/reports/default/2026-01-01/'],
  ])('can be read and used by all people: %s', async (name, path) => {
    expect(await browser.faults(name, (page) => page.goto(stage.demo.url + path))).toEqual([]);
  });

  it('lead an accountant from the list to a file, with the keyboard alone', async () => {
    const page = await browser.window();
    await page.goto(`${stage.demo.url}/reports`);
    const follow = async (name: RegExp) => {
      await page.getByRole('link', { name }).first().focus();
      await page.keyboard.press('Enter');
    };
    await follow(/2026-11-27 default/);
    await page.getByRole('heading', { name: '2026-11-27 default' }).waitFor();
    await follow(/← 2026-11-26/);
    await page.getByRole('heading', { name: '2026-11-26 default' }).waitFor();
    const [download] = await Promise.all([page.waitForEvent('download'), follow(/^failures\.csv$/)]);
    const file = join(stage.reports.reportsDir, 'default', '2026-11-26', 'failures.csv');
    expect(await readFile(await download.path())).toEqual(await readFile(file));
    expect(download.suggestedFilename()).toBe('failures.csv');
    await follow(/2026-11-27 →/);
    await page.getByRole('heading', { name: '2026-11-27 default' }).waitFor();
    await follow(/^Reports$/);
    await follow(/2026-11-16 to 2026-11-30/);
    await page.getByRole('heading', { name: /against the provider’s statement/ }).waitFor();
    const [other] = await Promise.all([page.waitForEvent('download'), follow(/^match\.html$/)]);
    expect(other.suggestedFilename()).toBe('match.html');
    await page.context().close();
  });
});
