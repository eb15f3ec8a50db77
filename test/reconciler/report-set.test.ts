import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { chromium } from 'playwright-core';
import { CHROMIUM } from '../support/chromium.js';
import { businessDate, Stage, type RunResult } from './reconciler.stage.js';

const today = businessDate();

describe('a report set', () => {
  let stage: Stage;
  beforeEach(async () => {
    stage = await Stage.open();
  });
  afterEach(() => stage.close());

  const full = async (env: Record<string, string> = {}): Promise<RunResult> => {
    await stage.createAndClaim('ask-again', '121212');
    await stage.createAndClaim('0012345678901234567890', '333333');
    await stage.createAndClaim('paid', undefined, 125_000);
    await stage.create('waits', 70_000);
    await expect(stage.create('too-much', 20_000_000_000)).rejects.toMatchObject({
      code: 'INSUFFICIENT_BALANCE',
    });
    await stage.transfersDone();
    return (await stage.run(['--date', today], env)).runs[0]!;
  };

  it('has a page that a browser opens without a request or an error, with the figures of the files', async () => {
    const result = await full();
    const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
    try {
      const page = await browser.newPage({ viewport: { width: 360, height: 800 } });
      const requests: string[] = [];
      const problems: string[] = [];
      page.on('request', (request) => requests.push(request.url()));
      page.on('console', (message) => problems.push(message.text()));
      page.on('pageerror', (error) => problems.push(error.message));
      const url = pathToFileURL(join(result.reportSet, 'report.html')).href;
      await page.goto(url);
      expect(requests).toEqual([url]);
      expect(problems).toEqual([]);
      // Nothing is wider than a phone.
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
      expect(await page.locator('script, link, img, iframe').count()).toBe(0);

      const text = async (selector: string) => (await page.locator(selector).allInnerTexts()).join(' | ');
      const figures = await text('.figures li');
      expect(figures).toMatch(/Failures to settle\s+3\s+IDR 20,000,100,000/);
      expect(figures).toMatch(/Open\s+1\s+IDR 70,000/);
      for (const { line, count, amount } of await stage.csv(result, 'roll-forward.csv')) {
        const cells = await page
          .locator('tr', { has: page.locator(`th:text-is("${line}")`) })
          .allInnerTexts();
        expect(cells.map((cell) => cell.split(/\s+/))).toContainEqual([
          line,
          Number(count).toLocaleString('en'),
          Number(amount).toLocaleString('en'),
        ]);
      }
      const failures = await stage.csv(result, 'failures.csv');
      const codes = await page.locator('.wide tbody th').allTextContents();
      expect(codes.toSorted(byName)).toEqual(failures.map((row) => row.failure_code!).toSorted(byName));
      // Each chart has a table beside it that says the same.
      for (const chart of await page.locator('section:has(svg)').all()) {
        expect(await chart.locator('table').count()).toBeGreaterThan(0);
      }
      expect(await page.locator('svg:not([aria-hidden=true])').count()).toBe(0);
    } finally {
      await browser.close();
    }
  });

  it('speaks Indonesian where that is asked for, with the delimiter of its Excel', async () => {
    const result = await full({ REPORT_LANGUAGE: 'id', REPORT_CSV_DELIMITER: ';' });
    const page = await readFile(join(result.reportSet, 'report.html'), 'utf8');
    expect(page).toContain('<html lang="id">');
    expect(page).toContain('Kegagalan belum selesai');
    expect(page).toContain('20.000.100.000');
    const failures = await readFile(join(result.reportSet, 'failures.csv'), 'utf8');
    expect(failures).toContain('change;external_id;');
    expect(failures).toContain('Isi ulang saldo');
  });

  it('escapes what others have named, and says what to teach the catalogue', async () => {
    const result = await full();
    await stage.database.query(
      `UPDATE payout_link_transition SET failure_code = '<img src=x onerror=alert(1)>' WHERE failure_code = 'INVALID_DESTINATION'`,
    );
    await stage.start(['report', '--date', today]).ended;
    const page = await readFile(join(result.reportSet, 'report.html'), 'utf8');
    expect(page).not.toContain('<img');
    expect(page).toContain('&lt;img src=x onerror=alert(1)&gt;');
    const discrepancies = await stage.csv(result, 'discrepancies.csv');
    expect(discrepancies.map(({ recommended_action }) => recommended_action)).toEqual(
      expect.arrayContaining([
        expect.stringContaining(`"<img src=x onerror=alert(1)>": { retry: 'REVIEW', owner: 'DEVELOPER'`),
      ]),
    );
  });
});

const byName = (one: string, two: string) => (one < two ? -1 : 1);
