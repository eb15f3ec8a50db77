import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { chromium, type Browser } from 'playwright-core';
import { CHROMIUM, describeInBrowser } from '../support/chromium.js';
import { FAINT, OUTSIDE } from '../support/page-probes.js';
import { MatchStage } from './match.stage.js';
import { noiseOf, statementOf, worldOf, type Dialect, type Story } from './statement.plans.js';

const DIALECT: Dialect = {
  kind: 'transactions',
  version: 2,
  delimiter: ',',
  hasBom: true,
  newline: '\r\n',
  zone: 'in a column',
  separator: ' ',
  amounts: 'plain',
  headers: 'as documented',
  seed: 1,
  files: 2,
};
const PLOTS = [
  'paid',
  'paid twice',
  'lost',
  'another amount',
  'failed there',
  'unknown there',
  'on its way',
] as const;

/** Noon of the second day of the first period; amounts from small to the largest. */
const STORIES = PLOTS.map((plot, index): Story => ({
  plot,
  claimAt: 84 * 3_600_000 + index * 60_000,
  edge: null,
  delay: 1_000,
  settlesAfter: 60_000,
  returnsAfter: 60_000,
  paidAgainAfter: 8 * 3_600_000,
  amount: index === 1 ? Number.MAX_SAFE_INTEGER : 50_000 * 10 ** index,
  foundBy: 'reference',
  isClaimTimeGiven: true,
  isClaimUnseen: false,
}));

describeInBrowser('the page of a match', () => {
  const urls: Record<string, string> = {};
  let stages: MatchStage[] = [];
  let browser: Browser;
  beforeAll(async () => {
    for (const language of ['en', 'id'] as const) {
      const stage = await MatchStage.open({ language });
      stages = [...stages, stage];
      const name = 'order-of-a-shop-with-a-long-name<script>alert(1)</script>';
      const { links, movements } = worldOf(STORIES, name, 'default');
      await stage.store(links);
      const files = [];
      for (const content of statementOf([...movements, ...noiseOf(name, 'transactions')], 0, DIALECT))
        files.push(await stage.file(content));
      const { reportSet } = await stage.match({ from: '2026-03-02', to: '2026-03-04', files });
      urls[language] = pathToFileURL(join(reportSet, 'match.html')).href;
    }
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
  });
  afterAll(async () => {
    await browser?.close();
    for (const stage of stages) await stage.close();
  });

  it.each(
    (['en', 'id'] as const).flatMap((language) =>
      ([360, 600, 800, 1280] as const).flatMap((width) =>
        (['light', 'dark'] as const).map((scheme) => [language, width, scheme] as const),
      ),
    ),
  )('fits and can be read: %s, %d wide, %s', async (language, width, colorScheme) => {
    const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
    const activity: string[] = [];
    page.on('request', (request) => activity.push(request.url()));
    page.on('console', (message) => activity.push(message.text()));
    page.on('dialog', (dialog) => activity.push(dialog.message()));
    await page.goto(urls[language]!);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
    expect(await page.evaluate(OUTSIDE)).toEqual([]);
    expect(await page.evaluate(FAINT)).toEqual([]);
    expect(activity).toEqual([urls[language]]);
    await page.close();
  });

  it('says first whether the books agree, then shows the way from one side to the other', async () => {
    const page = await browser.newPage();
    await page.goto(urls.en!);
    expect(await page.getByRole('status').textContent()).toBe(
      'The books do not agree with the statement: 5 to act on.',
    );
    const bridge = page.getByRole('region', { name: 'From our books to the statement' });
    expect(await bridge.locator('svg text').allTextContents()).toEqual([
      expect.stringContaining('paid by our books'),
      expect.stringContaining('only in the statement'),
      expect.stringContaining('only in our books'),
      expect.stringContaining('paid twice'),
      expect.stringContaining('another amount'),
      expect.stringContaining('another status'),
      expect.stringContaining('paid by the statement'),
    ]);
    const findings = page.getByRole('region', { name: 'Findings' });
    expect(await findings.locator('tbody').count()).toBe(5);
    expect(await findings.locator('tbody').first().textContent()).toMatch(
      /paid twice[\s\S]*What to do:\s*paid twice: send nothing more to this recipient/,
    );
    await page.close();
  });
});
