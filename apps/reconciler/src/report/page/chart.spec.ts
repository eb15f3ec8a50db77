import { describe, expect, it } from '@jest/globals';
import { barChart, trendChart } from './chart.js';

const bars = [
  ['INVALID_DESTINATION', 3],
  ['TRANSFER_ERROR', 1],
] as const;

const trend = (name: string) =>
  trendChart(
    name,
    ['2026-11-22', '2026-11-23'],
    [{ label: 'Created', color: 'var(--accent)', dash: 'dashed', counts: [1, 2] }],
  );

describe('a chart', () => {
  it('gives the same bytes wherever in a process it is drawn', () => {
    const [first, other] = [barChart('codes', bars).markup, trend('trend').markup];
    barChart('something-else', [['a', 1]]);
    expect(trend('trend').markup).toBe(other);
    expect(barChart('codes', bars).markup).toBe(first);
  });

  it('shares no id and no class with another chart of its page', () => {
    const names = (markup: string) =>
      [...markup.matchAll(/ (?:id|class)="([^"]+)"|\.([\w-]+):hover/g)].map(([, one, two]) => one ?? two!);
    const [one, two] = [trend('one').markup, trend('two').markup].map(names);
    expect(one!.filter((name) => two!.includes(name))).toEqual([]);
    expect(`${trend('one').markup}${barChart('codes', bars).markup}`).not.toMatch(/zr\d+-/);
  });

  it('takes its colours from the page, light or dark, and leaves its texts to the table', () => {
    for (const { markup } of [barChart('codes', bars), trend('trend')]) {
      expect(markup).toMatch(/^<svg aria-hidden="true" focusable="false" /);
      expect(markup).toContain('var(--accent)');
      expect(markup).not.toMatch(/<script|<image|href=|<style>@import|url\(["']?http/);
    }
  });

  it('escapes a label and keeps it in one line', () => {
    const { markup } = barChart('codes', [['<img src=x>"\'&\r\ntwo', 1]]);
    expect(markup).not.toContain('<img');
    expect(markup).toContain('&lt;img src=x&gt;');
    expect(markup.match(/<text/g)).toHaveLength(2);
  });
});
