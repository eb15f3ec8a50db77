import { readFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { METRIC_NAMES } from '../support/prometheus.js';

const document = (name: string) => readFile(new URL(`../../docs/${name}`, import.meta.url), 'utf8');

/** The labels of each metric, as `metrics.test.ts` finds them in a scrape. */
const LABELS = ['account', 'operation', 'outcome', 'queue', 'source', 'status', 'to', 'le'];

/** What a query of Prometheus names of ours that no program has. */
function unknownIn(query: string): string[] {
  const names = [...query.matchAll(/payout_links_\w+/g)].map(([name]) =>
    name.replace(/_(bucket|sum|count)$/, ''),
  );
  const labels = [...query.matchAll(/(?:by \(|\{|, *)([a-z]+)(?=\s*[,)=!])/g)].flatMap(([, label]) => label!);
  return [
    ...names.filter((name) => !(METRIC_NAMES as readonly string[]).includes(name)),
    ...labels.filter((label) => !LABELS.includes(label)),
  ];
}

describe('the Grafana dashboard', () => {
  interface Panel {
    title: string;
    type: string;
    gridPos: { x: number; y: number; w: number; h: number };
    targets?: { expr: string }[];
  }
  const panels = async () =>
    (JSON.parse(await document('grafana-dashboard.json')) as { panels: Panel[] }).panels;

  it('queries only metrics and labels that there are', async () => {
    for (const { title, targets = [] } of await panels())
      for (const { expr } of targets) expect([title, unknownIn(expr)]).toEqual([title, []]);
  });

  it('shows every metric', async () => {
    const queries = (await panels()).flatMap(({ targets = [] }) => targets.map(({ expr }) => expr)).join(' ');
    expect(METRIC_NAMES.filter((name) => !queries.includes(name))).toEqual([]);
  });

  it('has no panel over another', async () => {
    const cells = (await panels()).flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, index) => `${x + (index % w)},${y + Math.floor(index / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
  });
});

describe('the alerts', () => {
  const rules = async () => {
    const text = await document('prometheus-alerts.yml');
    return text
      .split('- alert: ')
      .slice(1)
      .map((rule) => ({
        name: rule.split('\n')[0]!.trim(),
        expr: rule.split('expr:')[1]!.split(/\n +(for|labels):/)[0]!,
      }));
  };

  it('query only metrics and labels that there are', async () => {
    for (const { name, expr } of await rules()) expect([name, unknownIn(expr)]).toEqual([name, []]);
  });

  it('each have a heading in the operations guide that says what to do', async () => {
    const guide = await document('operations.md');
    const headings = [...guide.matchAll(/^#### (PayoutLinks\w+)$/gm)].map(([, name]) => name);
    expect(headings).toEqual((await rules()).map(({ name }) => name));
  });

  it('name in the guide every metric there is', async () => {
    const guide = await document('operations.md');
    expect(METRIC_NAMES.filter((name) => !guide.includes(`\`${name}`))).toEqual([]);
  });
});
