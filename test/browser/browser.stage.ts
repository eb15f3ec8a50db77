import { join } from 'node:path';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { CHROMIUM } from '../support/chromium.js';

/** Where screenshots go for review: `SCREENSHOTS=/tmp/pages npm test -- test/browser`. */
const SCREENSHOTS = process.env.SCREENSHOTS;
const axe = readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** In the browser: axe's violations. */
const ALL = `axe.run(document, { resultTypes: ['violations'] })`;
/** The same page in other colours differs in nothing else, and contrast is the quickest rule. */
const OF_COLOUR = `axe.run(document, { resultTypes: ['violations'], runOnly: ['color-contrast', 'link-in-text-block'] })`;

/** The screens on which every page is checked. */
const SCREENS = [
  { width: 360, colorScheme: 'light', rules: ALL },
  { width: 360, colorScheme: 'dark', rules: OF_COLOUR },
  { width: 1_280, colorScheme: 'dark', rules: ALL },
  { width: 1_280, colorScheme: 'light', rules: OF_COLOUR },
] as const;

/** A browser for pages without scripts. */
export class BrowserStage {
  /** One window for all checks: opening one takes longer than the checks. */
  private looking?: Promise<Page>;
  private readonly problems: string[] = [];

  private constructor(private readonly browser: Browser) {}

  static async open(): Promise<BrowserStage> {
    return new BrowserStage(
      await chromium.launch({
        executablePath: CHROMIUM,
        // Another name for this machine: to a browser it is another site.
        args: ['--no-sandbox', '--host-resolver-rules=MAP elsewhere.example 127.0.0.1'],
      }),
    );
  }

  /** A window with separate cookies, without JavaScript. */
  async window(options: BrowserContextOptions = {}): Promise<Page> {
    const context = await this.browser.newContext({ javaScriptEnabled: false, ...options });
    const page = await context.newPage();
    page.setDefaultTimeout(60_000);
    return page;
  }

  /**
   * The faults of the opened page on every screen: for users of screen readers and keyboards (axe), with low
   * vision (axe), and of phones (content wider than the screen).
   */
  async faults(name: string, open: (page: Page) => Promise<unknown>): Promise<string[]> {
    const page = await (this.looking ??= this.openLooking());
    this.problems.length = 0;
    const found: string[] = [];
    await open(page);
    await page.evaluate(await axe);
    for (const { width, colorScheme, rules } of SCREENS) {
      await page.setViewportSize({ width, height: 900 });
      await page.emulateMedia({ colorScheme });
      await this.keep(page, `${name}-${width}-${colorScheme}`);
      const wide = await page.evaluate<string[]>(TOO_WIDE);
      found.push(...wide.map((text) => `${width}: wider than the screen: ${text}`));
      const broken = await page.evaluate<string[]>(BROKEN);
      found.push(...broken.map((text) => `${width}: one word on two lines: ${text}`));
      const { violations } = await page.evaluate<AxeResults>(rules);
      for (const { id, nodes } of violations)
        found.push(...nodes.map(({ html }) => `${width} ${colorScheme}: ${id}: ${html.slice(0, 200)}`));
    }
    return [...found, ...this.problems];
  }

  /** The pages forbid scripts, and axe is one: this window bypasses the policy and is only used for checks. */
  private async openLooking(): Promise<Page> {
    const page = await (await this.browser.newContext({ bypassCSP: true })).newPage();
    page.on('console', (message) => {
      if (!message.text().startsWith('Failed to load resource')) this.problems.push(message.text());
    });
    page.on('pageerror', (error) => this.problems.push(error.message));
    return page;
  }

  /** Takes a screenshot, if wanted. */
  async keep(page: Page, name: string): Promise<void> {
    if (SCREENSHOTS) await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`), fullPage: true });
  }

  close(): Promise<void> {
    return this.browser.close();
  }
}

/** In the browser: content beyond the right edge of the screen or its card. */
const TOO_WIDE = `
  [...document.querySelectorAll('body *')]
    .filter((element) => {
      if (element.closest('.hidden, thead, svg') || element.classList.contains('skip')) return false;
      const { right, width } = element.getBoundingClientRect();
      const card = element.parentElement.closest('.card')?.getBoundingClientRect().right ?? innerWidth;
      return width > 0 && right > Math.min(innerWidth, card) + 1;
    })
    .map((element) => element.outerHTML.slice(0, 120))`;

/** In the browser: single words that take several lines. */
const BROKEN = `
  [...document.querySelectorAll('thead th, dt, button, nav a, label, .status')]
    .filter((element) => {
      if (/\\s/.test(element.textContent.trim()) || element.closest('.hidden')) return false;
      if (element.closest('thead')?.getBoundingClientRect().width < 10) return false;
      const range = document.createRange();
      range.selectNodeContents(element);
      return new Set([...range.getClientRects()].map(({ top }) => Math.round(top / 8))).size > 1;
    })
    .map((element) => element.textContent.trim())`;
