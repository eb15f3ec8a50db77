import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import { chromium, type Browser, type Locator, type Page } from 'playwright-core';
import { CHROMIUM, describeInBrowser } from '../support/chromium.js';
import { FAINT, OUTSIDE } from '../support/page-probes.js';
import { GOLDEN_CASES } from './golden.cases.js';
import { ReportStage } from './report.stage.js';

type Row = Record<string, string>;
/** Links and money, as shown on the page. */
type Shown = [count: string, amount: string];

/** In the browser: single words that take several lines; large amounts beside them once left a letter for each. */
const BROKEN = `
  [...document.querySelectorAll('section:not(.wide) bdi')]
    .filter((name) => !/[_ ]/.test(name.textContent) && name.getClientRects().length > 1)
    .map((name) => name.textContent)`;

const story = GOLDEN_CASES.find(({ name }) => name === 'rich-english')!;

describeInBrowser('the page of a date on which everything happened', () => {
  let stage: ReportStage;
  let browser: Browser;
  let set: string;
  let url: string;
  beforeAll(async () => {
    stage = await ReportStage.open(story.settings);
    await stage.histories.recordDiscrepancies(story.discrepancies ?? []);
    for (const slot of story.slots.slice(0, 2)) {
      await stage.histories.record(story.links, slot.asOf);
      set = (await stage.finish(slot)).result.reportSet;
    }
    url = pathToFileURL(join(set, 'report.html')).href;
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
  });
  afterAll(async () => {
    await browser?.close();
    await stage?.close();
  });

  const opened = async (
    width: number,
    colorScheme: 'light' | 'dark',
    look: (page: Page) => Promise<void>,
  ): Promise<void> => {
    const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
    try {
      const activity: string[] = [];
      page.on('request', (request) => activity.push(request.url()));
      page.on('console', (message) => activity.push(message.text()));
      page.on('pageerror', (error) => activity.push(error.message));
      await page.goto(url);
      await look(page);
      expect(activity).toEqual([url]);
    } finally {
      await page.close();
    }
  };

  const csv = async (file: string): Promise<Row[]> =>
    parse(await readFile(join(set, file)), { bom: true, columns: true });

  /** The rows of tables, by their first cells. */
  const rowsOf = async (tables: Locator): Promise<Record<string, string[]>> => {
    const rows = await tables.locator('tbody tr, tfoot tr').all();
    const cells = await Promise.all(rows.map((row) => row.locator('th, td').allTextContents()));
    return Object.fromEntries(
      cells.map(([first, ...others]) => [first!.trim(), others.map((text) => text.trim())]),
    );
  };

  const section = (page: Page, title: string) => page.locator(`section:has(h2:text-is("${title}"))`);

  it('has the numbers of the files of the set', () =>
    opened(1_280, 'light', async (page) => {
      const failures = (await csv('failures.csv')).filter(
        (row) => row.change !== 'SETTLED' && row.change !== 'REPLACED',
      );
      const openLinks = await csv('open-links.csv');
      const discrepancies = await csv('discrepancies.csv');
      // The case must contain each kind, or equal numbers prove nothing.
      expect(Math.min(failures.length, openLinks.length, discrepancies.length)).toBeGreaterThan(10);

      const byCode = await rowsOf(section(page, 'Failures to settle, by reason'));
      // Cells of the CSV that begin like a formula have an apostrophe before them; a page has other line breaks.
      const asShown = (code: string) =>
        code
          .replace(/^'(?=[=+\-@＝\t\r])/, '')
          .replaceAll('\r\n', '\n')
          .trim();
      for (const [code, figures] of tallied(failures, (row) => asShown(row.failure_code!))) {
        expect([code, byCode[code]?.slice(0, 2)]).toEqual([code, figures]);
      }
      for (const row of failures) {
        const [, , meaning, advice] = byCode[asShown(row.failure_code!)]!;
        expect([meaning, advice]).toEqual([row.failure_description, row.recommended_action]);
      }

      const owners = { TREASURY: 'Treasury', RECIPIENT: 'Recipient', DEVELOPER: 'Developers' } as Row;
      const tables = [
        ['Failures to settle, by who must act', failures, (row: Row) => owners[row.owner!] ?? 'No one'],
        ['Discrepancies', discrepancies, (row: Row) => row.type!],
      ] as const;
      for (const [title, rows, key] of tables) {
        const { Total, ...shown } = await rowsOf(section(page, title));
        expect(shown).toEqual(Object.fromEntries(tallied(rows, key)));
        expect(Total).toEqual(tallied(rows, () => 'Total').get('Total'));
      }
      const states = await rowsOf(section(page, 'All time: every link so far, by status'));
      expect(states).toMatchObject(Object.fromEntries(tallied(openLinks, (row) => row.status!)));
      const rollForward = await csv('roll-forward.csv');
      const shown = [
        ...Object.values(await rowsOf(section(page, 'Open links, from the last report to this one'))),
        ...Object.values(await rowsOf(section(page, 'Failures to settle, from the last report to this one'))),
      ];
      expect(shown).toEqual(rollForward.map(({ count, amount }) => [grouped(count!), grouped(amount!)]));
      const [{ count: toSettle } = { count: '' }] = rollForward.filter(
        ({ line }) => line === 'failures_closing',
      );
      expect(toSettle).toBe(`${failures.length}`);
      expect(await page.locator('.figures li:has(span:text-is("Failures to settle")) b').textContent()).toBe(
        toSettle,
      );
    }));

  it('has the ages and the coverage of the files', () =>
    opened(1_280, 'light', async (page) => {
      const openLinks = await csv('open-links.csv');
      const aged = (rows: Row[]) => Object.fromEntries(tallied(rows, (row) => row.days_open!));
      const [openAges, failureAges] = await page.locator('section[aria-label="Age in days"] table').all();
      const unsettled = (await csv('failures.csv')).filter(
        (row) => row.change !== 'SETTLED' && row.change !== 'REPLACED',
      );
      // Nothing in this case is older than three days; later rows share ages.
      const { Total: openTotal, ...open } = await rowsOf(openAges!);
      const { Total: failureTotal, ...failing } = await rowsOf(failureAges!);
      expect([open, failing]).toEqual([aged(openLinks), aged(unsettled)]);
      expect([openTotal![0], failureTotal![0]]).toEqual([`${openLinks.length}`, `${unsettled.length}`]);

      const { coverage } = JSON.parse(await readFile(join(set, 'manifest.json'), 'utf8')) as {
        coverage: Record<string, number> & { unreachableLinks: string[] };
      };
      const shown = section(page, 'Checked with the provider');
      expect(await shown.locator('dd').allTextContents()).toEqual(
        ['open', 'read', 'unreachable', 'unconfirmed', 'watched'].map((name) => `${coverage[name]}`),
      );
      expect(await section(page, 'For operators').locator('dd').allTextContents()).toContain(
        `${Math.round(coverage.firstSeenByPoll! * 1_000) / 10}%`,
      );
      expect(await shown.locator('bdi').allTextContents()).toEqual(coverage.unreachableLinks);
    }));

  it.each([
    [360, 'light'],
    [360, 'dark'],
    [1_280, 'light'],
    [1_280, 'dark'],
  ] as const)('can be read at %i px, %s', (width, scheme) =>
    opened(width, scheme, async (page) => {
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
      expect(await page.evaluate(OUTSIDE)).toEqual([]);
      expect(await page.evaluate(BROKEN)).toEqual([]);
      expect(await page.evaluate(FAINT)).toEqual([]);
    }),
  );

  it('is printed in light colours, whatever the screen’s setting', () =>
    opened(1_280, 'dark', async (page) => {
      expect(await page.evaluate('getComputedStyle(document.body).color')).toBe('rgb(238, 242, 246)');
      await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
      expect(await page.evaluate('getComputedStyle(document.body).color')).toBe('rgb(22, 32, 44)');
      expect(await page.evaluate(FAINT)).toEqual([]);
    }));
});

/** Links and money of rows by a key, as shown on the page. */
function tallied(rows: readonly Row[], key: (row: Row) => string): Map<string, Shown> {
  const sums = new Map<string, { count: number; amount: bigint }>();
  for (const row of rows) {
    const before = sums.get(key(row)) ?? { count: 0, amount: 0n };
    sums.set(key(row), { count: before.count + 1, amount: before.amount + BigInt(row.amount!) });
  }
  return new Map(
    [...sums].map(([name, { count, amount }]) => [
      name,
      [grouped(`${count}`), `IDR ${grouped(`${amount}`)}`],
    ]),
  );
}

function grouped(digits: string): string {
  return BigInt(digits).toLocaleString('en');
}
